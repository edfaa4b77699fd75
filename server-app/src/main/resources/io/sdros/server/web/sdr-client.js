/**
 * sdr-client: live video and telemetry of an SDR OS transport server in a browser.
 *
 * One module, no dependency, no build step. Imported from the server it talks to it without being told where, also by a
 * page from elsewhere (which SDR_ALLOWED_ORIGINS has to name):
 *
 *     import { SdrClient } from 'http://robot:8080/sdr-client.js';
 *     const client = new SdrClient({ canvas: document.querySelector('canvas') });
 *     client.addEventListener('state', (event) => console.log(event.detail.state, event.detail.message));
 *     client.addEventListener('telemetry', (event) => console.log(event.detail.subject, event.detail.text()));
 *     client.start();
 *
 * The connection, the decoder and the painting run in a worker where the browser has OffscreenCanvas there, else on
 * the page's thread; the behaviour is the same. Where the browser has no WebCodecs (plain http pages), sdr-mse.js is
 * loaded from beside this file; without it only JPEG can be shown there. All times called …At are milliseconds of one clock
 * (`performance.timeOrigin + performance.now()`), comparable between the worker and the page.
 *
 * Contents: 1 messages · 2 parameter sets and codec strings · 3 gate, backoff, rates, age · 4 decoders · 5 from message to
 * picture · 6 connection · 7 session · 8 the client · 9 the worker's side
 */

/** Semantic version of this module's API. */
export const VERSION = '0.1.0';

// ---------------------------------------------------------------------------------------------------------------------
// 1  Messages

/** Codec numbers of the frame header. */
export const Codec = Object.freeze({ H264: 1, HEVC: 2, JPEG: 3 });

const TYPE_VIDEO = 0x01;
const TYPE_TELEMETRY = 0x02;
const FRAME_HEADER_BYTES = 32;
const FLAG_KEYFRAME = 0x0001;

/**
 * @typedef {object} VideoMessage
 * @property {'video'} type
 * @property {bigint} frameId
 * @property {bigint} frameSeq  +1 per frame written
 * @property {number} flags
 * @property {number} codec  see {@link Codec}; others are passed through
 * @property {boolean} keyframe  the flag; always true for JPEG, whose frames stand alone
 * @property {Uint8Array} payload  a view into the message, not a copy
 *
 * @typedef {object} TelemetryMessage
 * @property {'telemetry'} type
 * @property {string} subject
 * @property {Uint8Array} payload
 *
 * @typedef {object} OtherMessage
 * @property {'reserved' | 'malformed'} type
 * @property {string} detail
 */

/**
 * Takes one binary WebSocket message apart. Never throws: what cannot be read is 'malformed'.
 * @param {ArrayBuffer} buffer
 * @returns {VideoMessage | TelemetryMessage | OtherMessage}
 */
export function parseMessage(buffer) {
  if (buffer.byteLength === 0) return { type: 'malformed', detail: 'empty message' };
  const view = new DataView(buffer);
  const type = view.getUint8(0);
  if (type === TYPE_VIDEO) return parseVideo(buffer, view);
  if (type === TYPE_TELEMETRY) return parseTelemetry(buffer, view);
  return { type: 'reserved', detail: `message type 0x${type.toString(16).padStart(2, '0')}` };
}

function parseVideo(buffer, view) {
  const payloadAt = 1 + FRAME_HEADER_BYTES;
  if (buffer.byteLength < payloadAt) return { type: 'malformed', detail: 'video message shorter than its header' };
  const sizeBytes = view.getUint32(17, true);
  if (sizeBytes !== buffer.byteLength - payloadAt) {
    return { type: 'malformed', detail: `video header says ${sizeBytes} bytes, ${buffer.byteLength - payloadAt} came` };
  }
  const flags = view.getUint16(21, true);
  const codec = view.getUint16(23, true);
  return {
    type: 'video',
    frameId: view.getBigUint64(1, true),
    frameSeq: view.getBigUint64(9, true),
    flags,
    codec,
    keyframe: codec === Codec.JPEG || (flags & FLAG_KEYFRAME) !== 0,
    payload: new Uint8Array(buffer, payloadAt),
  };
}

function parseTelemetry(buffer, view) {
  const subjectAt = 3;
  const subjectBytes = buffer.byteLength >= subjectAt ? view.getUint16(1, true) : 0;
  if (buffer.byteLength < subjectAt + subjectBytes) {
    return { type: 'malformed', detail: 'telemetry message shorter than its subject' };
  }
  return {
    type: 'telemetry',
    subject: new TextDecoder().decode(new Uint8Array(buffer, subjectAt, subjectBytes)),
    payload: new Uint8Array(buffer, subjectAt + subjectBytes),
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// 2  Parameter sets and codec strings

const H264_SPS = 7;
const H264_PPS = 8;
const H264_DELIMITER = 9;
const HEVC_VPS = 32;
const HEVC_SPS = 33;
const HEVC_PPS = 34;
const HEVC_DELIMITER = 35;
const MAX_PARAMETER_SETS = 32;

/**
 * The NAL units of an Annex B access unit, without start codes and trailing zero bytes.
 * @param {Uint8Array} data
 * @returns {Uint8Array[]} views into data
 */
export function nalUnits(data) {
  const units = [];
  let start = -1;
  for (let at = 0; at + 2 < data.length; at++) {
    if (data[at + 2] > 1) { at += 2; continue; }
    if (data[at] !== 0 || data[at + 1] !== 0 || data[at + 2] !== 1) continue;
    if (start >= 0) units.push(withoutTrailingZeros(data, start, at));
    start = at + 3;
    at += 2;
  }
  if (start >= 0) units.push(withoutTrailingZeros(data, start, data.length));
  return units.filter((unit) => unit.length > 0);
}

function withoutTrailingZeros(data, start, end) {
  while (end > start && data[end - 1] === 0) end--;
  return data.subarray(start, end);
}

/** Removes the emulation prevention bytes (00 00 03 → 00 00). */
function rawBytes(unit) {
  const raw = [];
  let zeros = 0;
  for (const byte of unit) {
    if (zeros >= 2 && byte === 3) { zeros = 0; continue; }
    zeros = byte === 0 ? zeros + 1 : 0;
    raw.push(byte);
  }
  return Uint8Array.from(raw);
}

/** Reads bit fields and Exp-Golomb numbers; beyond the end it reads zeros and says so in `overrun`. */
class BitReader {
  #bytes;
  #at;
  overrun = false;

  constructor(bytes, skipBytes) {
    this.#bytes = bytes;
    this.#at = skipBytes * 8;
  }

  bits(count) {
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      if (this.#at >> 3 >= this.#bytes.length) this.overrun = true;
      value = value * 2 + ((this.#bytes[this.#at >> 3] >> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }

  unsigned() {
    let zeros = 0;
    while (zeros < 32 && !this.overrun && this.bits(1) === 0) zeros++;
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  signed() {
    const value = this.unsigned();
    return value % 2 === 1 ? (value + 1) / 2 : -value / 2;
  }
}

/**
 * @typedef {object} StreamDescription
 * @property {string} codecString  as RFC 6381 and WebCodecs want it
 * @property {number} width  of the shown picture; 0 when not known
 * @property {number} height
 */

const hex = (byte) => byte.toString(16).toUpperCase().padStart(2, '0');
const PROFILES_WITH_CHROMA = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

/**
 * What an H.264 sequence parameter set (NAL unit type 7, header included) says about its stream.
 * @param {Uint8Array} unit
 * @returns {StreamDescription | null} null when it is cut short
 */
export function describeH264(unit) {
  if (unit.length < 4) return null;
  const codecString = `avc1.${hex(unit[1])}${hex(unit[2])}${hex(unit[3])}`;
  const reader = new BitReader(rawBytes(unit), 4);
  reader.unsigned();
  let chroma = 1;
  let separatePlanes = 0;
  if (PROFILES_WITH_CHROMA.includes(unit[1])) {
    chroma = reader.unsigned();
    if (chroma === 3) separatePlanes = reader.bits(1);
    reader.unsigned();
    reader.unsigned();
    reader.bits(1);
    if (reader.bits(1)) skipScalingLists(reader, chroma === 3 ? 12 : 8);
  }
  reader.unsigned();
  skipPictureOrder(reader);
  reader.unsigned();
  reader.bits(1);
  const widthBlocks = reader.unsigned() + 1;
  const heightUnits = reader.unsigned() + 1;
  const framesOnly = reader.bits(1);
  if (!framesOnly) reader.bits(1);
  reader.bits(1);
  const crop = reader.bits(1) ? [0, 1, 2, 3].map(() => reader.unsigned()) : [0, 0, 0, 0];
  if (reader.overrun) return { codecString, width: 0, height: 0 };
  const subsampled = separatePlanes ? 0 : chroma;
  const cropX = subsampled === 1 || subsampled === 2 ? 2 : 1;
  const cropY = (subsampled === 1 ? 2 : 1) * (2 - framesOnly);
  return {
    codecString,
    width: widthBlocks * 16 - (crop[0] + crop[1]) * cropX,
    height: heightUnits * 16 * (2 - framesOnly) - (crop[2] + crop[3]) * cropY,
  };
}

function skipScalingLists(reader, lists) {
  for (let list = 0; list < lists; list++) {
    if (!reader.bits(1)) continue;
    let last = 8;
    let next = 8;
    for (let i = 0; i < (list < 6 ? 16 : 64) && !reader.overrun; i++) {
      if (next !== 0) next = (last + reader.signed() + 256) % 256;
      if (next !== 0) last = next;
    }
  }
}

function skipPictureOrder(reader) {
  const type = reader.unsigned();
  if (type === 0) reader.unsigned();
  if (type !== 1) return;
  reader.bits(1);
  reader.signed();
  reader.signed();
  const cycle = Math.min(reader.unsigned(), 255);
  for (let i = 0; i < cycle && !reader.overrun; i++) reader.signed();
}

/**
 * What an HEVC sequence parameter set (NAL unit type 33, header included) says about its stream.
 * @param {Uint8Array} unit
 * @returns {StreamDescription | null} null when it is cut short
 */
export function describeHevc(unit) {
  const raw = rawBytes(unit);
  if (raw.length < 15) return null;
  const space = ['', 'A', 'B', 'C'][raw[3] >> 6];
  const tier = (raw[3] >> 5) & 1 ? 'H' : 'L';
  const compatible = [...raw.subarray(4, 8)].map(reversedBits).reverse();
  const compatibility = compatible.reduce((value, byte) => value * 256 + byte, 0).toString(16).toUpperCase();
  const constraints = [...raw.subarray(8, 14)];
  while (constraints.length > 0 && constraints.at(-1) === 0) constraints.pop();
  const parts = [`hev1.${space}${raw[3] & 31}`, compatibility, `${tier}${raw[14]}`];
  for (const byte of constraints) parts.push(byte.toString(16).toUpperCase());
  return { codecString: parts.join('.'), ...hevcSize(raw) };
}

function reversedBits(byte) {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) reversed |= ((byte >> bit) & 1) << (7 - bit);
  return reversed;
}

function hevcSize(raw) {
  const subLayers = (raw[2] >> 1) & 7;
  const reader = new BitReader(raw, 15);
  const present = [];
  for (let i = 0; i < subLayers; i++) present.push([reader.bits(1), reader.bits(1)]);
  if (subLayers > 0) reader.bits(2 * (8 - subLayers));
  for (const [profile, level] of present) reader.bits(88 * profile + 8 * level);
  reader.unsigned();
  const chroma = reader.unsigned();
  if (chroma === 3) reader.bits(1);
  const width = reader.unsigned();
  const height = reader.unsigned();
  const crop = reader.bits(1) ? [0, 1, 2, 3].map(() => reader.unsigned()) : [0, 0, 0, 0];
  if (reader.overrun) return { width: 0, height: 0 };
  const cropX = chroma === 1 || chroma === 2 ? 2 : 1;
  const cropY = chroma === 1 ? 2 : 1;
  return { width: width - (crop[0] + crop[1]) * cropX, height: height - (crop[2] + crop[3]) * cropY };
}

const SYNTAX = {
  [Codec.H264]: {
    typeOf: (unit) => unit[0] & 31,
    sequence: H264_SPS,
    sets: [H264_SPS, H264_PPS],
    delimiter: H264_DELIMITER,
    describe: describeH264,
  },
  [Codec.HEVC]: {
    typeOf: (unit) => (unit[0] >> 1) & 63,
    sequence: HEVC_SPS,
    sets: [HEVC_VPS, HEVC_SPS, HEVC_PPS],
    delimiter: HEVC_DELIMITER,
    describe: describeHevc,
  },
};

const sameBytes = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

/**
 * Remembers the parameter sets of one stream: tells when they change, and puts them in front of keyframes that come
 * without (some encoders send them once, at the start).
 */
export class ParameterSets {
  #syntax;
  #units = [];
  /** @type {StreamDescription | null} */
  description = null;

  /** @param {number} codec  H264 or HEVC */
  constructor(codec) {
    this.#syntax = SYNTAX[codec];
  }

  /** The `profile_idc` of H.264; 0 while not known. */
  get profile() {
    return this.#units.find((unit) => this.#syntax === SYNTAX[Codec.H264] && this.#syntax.typeOf(unit) === H264_SPS)?.[1] ?? 0;
  }

  /** The remembered NAL units, in order of arrival. */
  get units() {
    return [...this.#units];
  }

  /**
   * @param {Uint8Array} payload  a keyframe's access unit
   * @returns {{ data: Uint8Array, changed: boolean }} the access unit with parameter sets; whether they are others
   *     than before
   */
  keyframe(payload) {
    const units = nalUnits(payload);
    const { typeOf, sequence, sets } = this.#syntax;
    const own = units.filter((unit) => sets.includes(typeOf(unit)));
    if (own.some((unit) => typeOf(unit) === sequence)) return { data: payload, changed: this.#remember(own) };
    const before = this.#units;
    const fresh = own.filter((unit) => !before.some((known) => sameBytes(known, unit)));
    this.#units = [...before, ...fresh.map((unit) => unit.slice())].slice(-MAX_PARAMETER_SETS);
    return { data: this.#complete(payload, units, before), changed: false };
  }

  #remember(own) {
    const kinds = new Set(own.map(this.#syntax.typeOf));
    const kept = this.#units.filter((unit) => !kinds.has(this.#syntax.typeOf(unit)));
    const next = [...own.map((unit) => unit.slice()), ...kept].slice(0, MAX_PARAMETER_SETS);
    const changed = next.length !== this.#units.length || next.some((unit, i) => !sameBytes(unit, this.#units[i]));
    if (changed) {
      this.#units = next;
      const sps = next.find((unit) => this.#syntax.typeOf(unit) === this.#syntax.sequence);
      this.description = this.#syntax.describe(sps);
    }
    return changed;
  }

  #complete(payload, units, sets) {
    if (sets.length === 0) return payload;
    // An access unit delimiter has to stay first.
    const first = units[0];
    const delimited = first !== undefined && this.#syntax.typeOf(first) === this.#syntax.delimiter;
    const insertAt = delimited ? first.byteOffset - payload.byteOffset + first.length : 0;
    const length = sets.reduce((sum, unit) => sum + 4 + unit.length, payload.length);
    const data = new Uint8Array(length);
    data.set(payload.subarray(0, insertAt));
    let at = insertAt;
    for (const unit of sets) {
      data.set([0, 0, 0, 1], at);
      data.set(unit, at + 4);
      at += 4 + unit.length;
    }
    data.set(payload.subarray(insertAt), at);
    return data;
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// 3  Gate, backoff, rates, age

/** A jump of the sequence by more is no loss: the writer began again, or wrote nonsense. The server takes it so, too. */
const MOST_MISSED = 1000000n;

/**
 * Lets through only pictures whose references came too: a keyframe first, then the frames that follow it without a
 * gap. A connection whose first frame is no keyframe comes from a server that does not gate (an encoder with intra
 * refresh); gaps are let through there, because a keyframe may never come.
 */
export class KeyframeGate {
  #last = null;
  #open = false;
  #lenient = false;
  /** Frames that were written but did not come, as far as the sequence shows. */
  missed = 0;

  /** A new connection: nothing that comes continues what came before. */
  reset() {
    this.#last = null;
    this.#open = false;
    this.#lenient = false;
  }

  /**
   * @param {{ frameSeq: bigint, keyframe: boolean }} message
   * @returns {boolean} whether the frame may be decoded
   */
  admits(message) {
    const { frameSeq, keyframe } = message;
    if (this.#last === null && !keyframe) this.#lenient = true;
    const follows = this.#last !== null && frameSeq === this.#last + 1n;
    const between = this.#last === null ? 0n : frameSeq - this.#last - 1n;
    if (between > 0n && between <= MOST_MISSED) this.missed += Number(between);
    this.#last = frameSeq;
    this.#open = keyframe || this.#lenient || (this.#open && follows);
    return this.#open;
  }
}

/** Waiting times between attempts: doubling up to a limit, each shortened at random by up to half. */
export class Backoff {
  #firstMs;
  #limitMs;
  #random;
  #attempts = 0;

  /**
   * @param {number} firstMs
   * @param {number} limitMs
   * @param {() => number} random  0…1
   */
  constructor(firstMs, limitMs, random = Math.random) {
    this.#firstMs = firstMs;
    this.#limitMs = limitMs;
    this.#random = random;
  }

  get attempts() {
    return this.#attempts;
  }

  /** @returns {number} milliseconds to wait before the next attempt */
  next() {
    const fullMs = Math.min(this.#limitMs, this.#firstMs * 2 ** Math.min(this.#attempts, 30));
    this.#attempts++;
    return fullMs * (1 - 0.5 * this.#random());
  }

  reset() {
    this.#attempts = 0;
  }
}

/** Sum per second over a sliding window. */
export class RateMeter {
  #windowMs;
  #entries = [];
  #sum = 0;

  constructor(windowMs = 2000) {
    this.#windowMs = windowMs;
  }

  add(nowMs, amount = 1) {
    this.#entries.push([nowMs, amount]);
    this.#sum += amount;
    this.#forget(nowMs);
  }

  perSecond(nowMs) {
    this.#forget(nowMs);
    const entries = this.#entries;
    if (entries.length < 2) return 0;
    const [firstMs, firstAmount] = entries[0];
    const lastMs = entries.at(-1)[0];
    const intervalMs = (lastMs - firstMs) / (entries.length - 1);
    // Until the next entry is overdue, the time since the last one says nothing about the rate.
    const spanMs = nowMs - lastMs <= 1.5 * intervalMs ? lastMs - firstMs : nowMs - firstMs;
    // The oldest entry marks the beginning of the span; what it counted lies before.
    return ((this.#sum - firstAmount) * 1000) / Math.max(spanMs, 1);
  }

  #forget(nowMs) {
    let old = 0;
    while (old < this.#entries.length && this.#entries[old][0] < nowMs - this.#windowMs) this.#sum -= this.#entries[old++][1];
    if (old > 0) this.#entries.splice(0, old);
  }
}

const REPLAY_MS = 250;

/**
 * How old frames can be, although they have only just come. A connection begins with a replay, which is from long ago
 * when the writer has died since, and the frame header has no time. The server knows how old its newest frame is: nothing
 * that came before it said so was written later. When that is too old, what comes is taken to be of the replay (which may
 * take its time on a slow link) until the server has been asked again.
 */
export class Freshness {
  #staleAfterMs;
  #connectedAt = 0;
  #answeredAt = null;
  #newestAt = 0;
  #arrivedAt = null;

  constructor(staleAfterMs) {
    this.#staleAfterMs = staleAfterMs;
  }

  connected(nowMs) {
    this.#connectedAt = nowMs;
    this.#answeredAt = null;
    this.#arrivedAt = null;
  }

  arrived(nowMs) {
    this.#arrivedAt = nowMs;
  }

  /** @param {number | null} newestAgeMs  of the server's newest frame, as it says; null: it has had none yet */
  answered(nowMs, newestAgeMs) {
    this.#answeredAt = nowMs;
    this.#newestAt = nowMs - (newestAgeMs ?? 0);
  }

  /** The server's frames were old when it last said so; one that came since may be new. */
  get doubtful() {
    return this.#old && this.#arrivedAt !== null && this.#arrivedAt > this.#answeredAt;
  }

  get #old() {
    return this.#answeredAt !== null && this.#answeredAt - this.#newestAt > this.#staleAfterMs;
  }

  /**
   * @param {number} arrivedAt  of a frame of this connection
   * @returns {number | null} a time after which it was not written; null: not known yet
   */
  writtenBy(arrivedAt) {
    if (this.#answeredAt === null) {
      // Nobody who may be asked: what comes a while after the connection was made is taken to be live.
      return arrivedAt - this.#connectedAt >= REPLAY_MS ? arrivedAt : null;
    }
    return this.#old || arrivedAt <= this.#answeredAt ? Math.min(arrivedAt, this.#newestAt) : arrivedAt;
  }
}

/** Frames that come closer together were held up somewhere and say nothing about their interval. */
const BURST_MS = 4;
const INTERVALS_KEPT = 5;
const MAX_FRAMES_APART = 1000n;

/** How far apart a stream's frames are written, from when they come: what is lost or bunched on the way does not count. */
export class FrameInterval {
  #from = null;
  #lastMs = null;
  #intervals = [];

  /** Nothing that comes continues what came before; what was learnt stays. */
  reset() {
    this.#from = null;
    this.#lastMs = null;
  }

  /** @param {number} nowMs @param {bigint} frameSeq */
  arrived(nowMs, frameSeq) {
    const lastMs = this.#lastMs;
    this.#lastMs = nowMs;
    // What comes before the first pause may be a replay, which is sent at once however long it took to make.
    if (lastMs === null || nowMs - lastMs < BURST_MS) return;
    const from = this.#from;
    this.#from = { nowMs, frameSeq };
    if (from === null) return;
    const written = frameSeq - from.frameSeq;
    if (written < 1n || written > MAX_FRAMES_APART) return;
    this.#intervals.push((nowMs - from.nowMs) / Number(written));
    if (this.#intervals.length > INTERVALS_KEPT) this.#intervals.shift();
  }

  /** The median of the last five; null before the first. @returns {number | null} */
  get milliseconds() {
    if (this.#intervals.length === 0) return null;
    return this.#intervals.slice().sort((a, b) => a - b)[this.#intervals.length >> 1];
  }
}

const STALE_INTERVALS = 3;
/** While a stream's interval is not known it may be a slow one: a frame a second is no outage. */
const UNKNOWN_LIMIT_MS = 1500;
const FIRST_HOLD_MS = 250;
const LONGEST_HOLD_MS = 2000;
const RELAPSE_MS = 10000;

/**
 * When a picture is too old to steer by: beyond the larger of a fixed time and three frame intervals. The alarm ends only
 * when pictures have been young for a while, a longer one each time that it comes back soon.
 */
export class StaleAlarm {
  #floorMs;
  #holdMs = FIRST_HOLD_MS;
  #youngSince = null;
  #endedAt = -Infinity;
  raised = false;

  /** @param {number} floorMs */
  constructor(floorMs) {
    this.#floorMs = floorMs;
  }

  /** @param {number | null} intervalMs  between frames; null: not known @returns {number} */
  limitMs(intervalMs) {
    return Math.max(this.#floorMs, intervalMs === null ? UNKNOWN_LIMIT_MS : STALE_INTERVALS * intervalMs);
  }

  /** What is shown next begins anew: somebody has just asked for it. */
  reset() {
    this.raised = false;
    this.#youngSince = null;
  }

  /**
   * @param {number} nowMs
   * @param {number} ageMs  of the picture shown
   * @param {number} limitMs
   * @returns {boolean} whether it is too old
   */
  check(nowMs, ageMs, limitMs) {
    if (ageMs > limitMs) {
      if (!this.raised) {
        const relapse = nowMs - this.#endedAt < RELAPSE_MS;
        this.#holdMs = relapse ? Math.min(4 * this.#holdMs, LONGEST_HOLD_MS) : FIRST_HOLD_MS;
      }
      this.raised = true;
      this.#youngSince = null;
    } else if (this.raised) {
      this.#youngSince ??= nowMs;
      if (nowMs - this.#youngSince >= this.#holdMs) {
        this.raised = false;
        this.#endedAt = nowMs;
        this.#youngSince = null;
      }
    }
    return this.raised;
  }
}

/** Milliseconds since the epoch from the monotonic clock: the same in a page and its workers. */
const clockMs = () => performance.timeOrigin + performance.now();

// ---------------------------------------------------------------------------------------------------------------------
// 4  Decoders

/**
 * A frame on its way to the screen.
 * @typedef {object} Unit
 * @property {number} index  +1 per frame handed to a decoder; never repeats
 * @property {number} arrivedAt
 * @property {VideoMessage} message
 *
 * What a decoder reports. Pictures belong to whoever gets them, who closes them.
 * @typedef {object} DecoderHooks
 * @property {(picture: VideoFrame | ImageBitmap, unit: Unit) => void} decoded
 * @property {(frames: number, reason: 'late' | 'error' | 'superseded' | 'first') => void} dropped  first: it waits for
 *     its first keyframe
 * @property {(problem: Problem | null) => void} problem  null: it works (again)
 * @property {(description: StreamDescription) => void} described
 * @property {(frames: number) => void} [reordered]  a picture came out after one that was sent in so many frames later
 *
 * @typedef {object} Problem
 * @property {string} reason  for programs: 'hevc', 'codec', 'webcodecs', 'decoder'
 * @property {Why} why
 * @property {string} message  for people: what is wrong and what can be done
 */

const MAX_WAITING_FRAMES = 600;
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const MAX_WAITING_MS = 500;
const MAX_IN_DECODER = 4;
const DECODER_SILENCE_MS = 2000;
/** A decoder that puts pictures in order says nothing before it has so many, which at a frame a second takes a while. */
const HELD_IN_ORDER = 4;
/** No decoder of H.264 or HEVC holds back more than so many. */
const MOST_REORDERED = 16;
const PLAIN_PROFILES = [66];
const ERRORS_BEFORE_SOFTWARE = 2;
const ERRORS_BEFORE_PROBLEM = 5;

const CODEC_NAMES = { [Codec.H264]: 'H.264', [Codec.HEVC]: 'HEVC', [Codec.JPEG]: 'JPEG' };

/** @returns {string} the name people use for a codec number */
export function codecName(codec) {
  return CODEC_NAMES[codec] ?? `codec ${codec}`;
}

/** An H.264 that every decoder of H.264 decodes. */
export const PLAIN_H264 = 'avc1.42E01E';

/**
 * @param {number} codec
 * @param {string} codecString
 * @param {boolean} plain  whether the browser decodes H.264 of the plainest kind
 * @returns {Problem}
 */
export function unsupportedCodec(codec, codecString, plain = true) {
  if (codec === Codec.H264 && !plain) {
    return {
      reason: 'codec',
      why: 'decoder-missing',
      message: `This browser has no decoder for H.264 (${codecString}). Firefox takes the system's or loads one from Cisco `
        + '(OpenH264, in its list of plugins); Chrome, Edge and Safari bring one.',
    };
  }
  if (codec === Codec.HEVC) {
    return {
      reason: 'hevc',
      why: 'codec-unsupported',
      message: `This browser cannot decode HEVC (${codecString}). Use Safari, or Chrome or Edge on a computer whose `
        + 'graphics hardware decodes HEVC, or let the robot send H.264.',
    };
  }
  const name = codecString ? `${codecName(codec)} (${codecString})` : codecName(codec);
  return {
    reason: 'codec',
    why: 'codec-unsupported',
    message: `This browser cannot decode ${name}. Let the robot send H.264 (baseline, main or high profile) or JPEG.`,
  };
}

const decodes = (config) => VideoDecoder.isConfigSupported(config).then((answer) => answer.supported, () => false);

/**
 * What was sent into a decoder and has not come out yet. Decoders give pictures back in the order in which they are to be
 * shown. With B-frames that is not the order in which they come: a frame that others refer to comes before these and is
 * shown after them.
 */
export class Decoding {
  #entries = new Map();
  #sent = 0;
  #newest = -1;

  get size() {
    return this.#entries.size;
  }

  /** When the one that waits for longest was sent in; null: none waits. @returns {number | null} */
  get oldestSentAt() {
    const [oldest] = this.#entries.values();
    return oldest === undefined ? null : oldest.sentAt;
  }

  /** @param {number} key @param {Unit} unit @param {number} nowMs */
  sent(key, unit, nowMs) {
    this.#entries.set(key, { unit, sentAt: nowMs, place: this.#sent++ });
  }

  /**
   * @param {number} key  of the picture that came out
   * @returns {{ unit: Unit, overtakenBy: number, lost: number } | null} by how many frames an earlier picture was ahead of
   *     it, 0 when it came in order; how many will not come any more. Null: it was not sent in, or is given up
   */
  came(key) {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    this.#entries.delete(key);
    const overtakenBy = Math.max(0, this.#newest - entry.place);
    this.#newest = Math.max(this.#newest, entry.place);
    let lost = 0;
    for (const [other, { place }] of this.#entries) {
      if (place + MOST_REORDERED >= this.#newest) break;
      this.#entries.delete(other);
      lost++;
    }
    return { unit: entry.unit, overtakenBy, lost };
  }

  /** @returns {number} how many were inside */
  clear() {
    const count = this.#entries.size;
    this.#entries.clear();
    this.#newest = -1;
    return count;
  }
}

/** H.264 and HEVC through WebCodecs, as Annex B. */
class WebCodecsDecoder {
  kind = 'webcodecs';
  #codec;
  #hooks;
  #sets;
  #decoder = null;
  #checking = false;
  #supported = false;
  #hardware = 'no-preference';
  #needsKeyframe = true;
  #skipReason = 'first';
  #waiting = [];
  #waitingBytes = 0;
  #inDecoder = new Decoding();
  #cameAt = 0;
  #errors = 0;
  #closed = false;

  constructor(codec, hooks) {
    this.#codec = codec;
    this.#hooks = hooks;
    this.#sets = new ParameterSets(codec);
  }

  /** @param {Unit} unit @param {boolean} catchingUp  a burst of old frames is to be expected */
  feed(unit, catchingUp) {
    const { keyframe, payload } = unit.message;
    if (keyframe) this.#dropWaiting('late');
    else if (this.#tooMuchWaiting(unit, catchingUp)) this.#skipToKeyframe('late');
    if (this.#needsKeyframe && !keyframe) {
      this.#hooks.dropped(1, this.#skipReason);
      return;
    }
    this.#needsKeyframe = false;
    this.#waiting.push(unit);
    this.#waitingBytes += payload.length;
    if (this.#silentTooLong(unit.arrivedAt)) this.#recover(null);
    this.#pump();
  }

  /** @returns {number} how many frames were inside */
  close() {
    const inside = this.#waiting.length + this.#inDecoder.size;
    this.#closed = true;
    this.#waiting = [];
    this.#discardDecoder();
    return inside;
  }

  #tooMuchWaiting(unit, catchingUp) {
    const oldest = this.#waiting[0];
    if (oldest === undefined) return false;
    return this.#waiting.length >= MAX_WAITING_FRAMES || this.#waitingBytes >= MAX_WAITING_BYTES
      || (!catchingUp && unit.arrivedAt - oldest.arrivedAt > MAX_WAITING_MS);
  }

  #silentTooLong(nowMs) {
    const oldestSentAt = this.#inDecoder.oldestSentAt;
    if (oldestSentAt === null || nowMs - Math.max(oldestSentAt, this.#cameAt) <= DECODER_SILENCE_MS) return false;
    return this.#inDecoder.size > (PLAIN_PROFILES.includes(this.#sets.profile) ? 0 : HELD_IN_ORDER);
  }

  #dropWaiting(reason) {
    if (this.#waiting.length > 0) this.#hooks.dropped(this.#waiting.length, reason);
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #skipToKeyframe(reason) {
    this.#dropWaiting(reason);
    this.#skipReason = reason;
    this.#needsKeyframe = true;
  }

  #pump() {
    while (this.#waiting.length > 0 && !this.#checking && !this.#closed) {
      if (this.#decoder !== null && this.#decoder.decodeQueueSize >= MAX_IN_DECODER) return;
      const unit = this.#waiting[0];
      let data = unit.message.payload;
      if (unit.message.keyframe) {
        const found = this.#sets.keyframe(data);
        data = found.data;
        if (found.changed || (this.#decoder === null && !this.#supported)) {
          this.#prepare();
          return;
        }
      }
      this.#waiting.shift();
      this.#waitingBytes -= unit.message.payload.length;
      this.#submit(unit, data);
    }
  }

  /** Asks the browser about the stream and configures the decoder; meanwhile frames wait. */
  async #prepare() {
    const { description } = this.#sets;
    if (description === null) {
      this.#skipToKeyframe('error');
      return;
    }
    this.#checking = true;
    const config = this.#config(description);
    const supported = await decodes(config);
    this.#checking = false;
    if (this.#closed) return;
    this.#supported = supported;
    this.#hooks.described(description);
    if (!supported) {
      this.#discardDecoder();
      this.#skipToKeyframe('error');
      const plain = await decodes({ codec: PLAIN_H264, optimizeForLatency: true });
      if (!this.#closed) this.#hooks.problem(unsupportedCodec(this.#codec, description.codecString, plain));
      return;
    }
    this.#configure(config);
    this.#pump();
  }

  #config(description) {
    const config = {
      codec: description.codecString,
      optimizeForLatency: true,
      hardwareAcceleration: this.#hardware,
    };
    if (description.width > 0) Object.assign(config, { codedWidth: description.width, codedHeight: description.height });
    return config;
  }

  #configure(config) {
    if (this.#decoder === null) {
      const decoder = new VideoDecoder({
        output: (picture) => this.#output(decoder, picture),
        error: (error) => { if (decoder === this.#decoder) this.#recover(error); },
      });
      decoder.addEventListener?.('dequeue', () => this.#pump());
      this.#decoder = decoder;
    }
    this.#decoder.configure(config);
  }

  #submit(unit, data) {
    try {
      if (this.#decoder === null) this.#configure(this.#config(this.#sets.description));
      const timestamp = unit.index * 1000;
      this.#inDecoder.sent(timestamp, unit, clockMs());
      const type = unit.message.keyframe ? 'key' : 'delta';
      this.#decoder.decode(new EncodedVideoChunk({ type, timestamp, data }));
    } catch (error) {
      this.#recover(error);
    }
  }

  #output(decoder, picture) {
    const came = decoder === this.#decoder ? this.#inDecoder.came(picture.timestamp) : null;
    if (came === null) {
      picture.close();
      return;
    }
    this.#cameAt = clockMs();
    this.#errors = 0;
    handOver(picture, () => {
      if (came.lost > 0) this.#hooks.dropped(came.lost, 'error');
      if (came.overtakenBy > 0) this.#hooks.reordered?.(came.overtakenBy);
      this.#hooks.problem(null);
      this.#hooks.decoded(picture, came.unit);
    });
    this.#pump();
  }

  /** After an error, or when the decoder stays silent: throw it away and begin again at the next keyframe. */
  #recover(error) {
    const lost = this.#inDecoder.size;
    this.#discardDecoder();
    if (lost > 0) this.#hooks.dropped(lost, 'error');
    // A keyframe that already waits is as good as the next one.
    if (this.#waiting[0]?.message.keyframe !== true) this.#skipToKeyframe('error');
    // The browser takes decoders away from pages in the background; that says nothing about the stream.
    if (error?.name === 'QuotaExceededError') return;
    this.#errors++;
    if (this.#errors >= ERRORS_BEFORE_SOFTWARE) this.#hardware = 'prefer-software';
    if (this.#errors >= ERRORS_BEFORE_PROBLEM) {
      this.#hooks.problem({
        reason: 'decoder',
        why: 'undecodable',
        message: `The browser's ${codecName(this.#codec)} decoder fails on this stream. Trying again at every keyframe.`,
      });
      if (error && this.#errors === ERRORS_BEFORE_PROBLEM) console.warn(`${codecName(this.#codec)} decoder: ${error.message}`);
    }
  }

  #discardDecoder() {
    const decoder = this.#decoder;
    this.#decoder = null;
    this.#inDecoder.clear();
    if (decoder !== null && decoder.state !== 'closed') decoder.close();
  }
}

/** Whoever takes a picture closes it; when handing it over fails nobody has taken it. */
function handOver(picture, take) {
  try {
    take();
  } catch (error) {
    picture.close();
    throw error;
  }
}

/** JPEG: every frame stands alone, so at most one is being decoded and only the newest waits. */
class JpegDecoder {
  kind = 'jpeg';
  #hooks;
  #busy = false;
  #next = null;
  #closed = false;
  #errors = 0;

  constructor(hooks) {
    this.#hooks = hooks;
  }

  feed(unit) {
    if (this.#next !== null) this.#hooks.dropped(1, 'late');
    this.#next = unit;
    if (!this.#busy) this.#run();
  }

  /** @returns {number} how many frames were inside */
  close() {
    const inside = (this.#busy ? 1 : 0) + (this.#next === null ? 0 : 1);
    this.#closed = true;
    this.#next = null;
    return inside;
  }

  async #run() {
    this.#busy = true;
    while (this.#next !== null && !this.#closed) {
      const unit = this.#next;
      this.#next = null;
      await this.#decode(unit);
    }
    this.#busy = false;
  }

  async #decode(unit) {
    try {
      const picture = await createImageBitmap(new Blob([unit.message.payload], { type: 'image/jpeg' }));
      if (this.#closed) {
        picture.close();
        return;
      }
      this.#errors = 0;
      handOver(picture, () => {
        this.#hooks.problem(null);
        this.#hooks.described({ codecString: 'jpeg', width: picture.width, height: picture.height });
        this.#hooks.decoded(picture, unit);
      });
    } catch (error) {
      if (this.#closed) return;
      this.#hooks.dropped(1, 'error');
      if (++this.#errors === ERRORS_BEFORE_PROBLEM) {
        this.#hooks.problem({ reason: 'decoder', why: 'undecodable', message: 'The JPEG pictures cannot be decoded.' });
        console.warn(`JPEG decoder: ${error.message}`);
      }
    }
  }
}

/** Stands in where no decoder exists: drops everything. */
class NoDecoder {
  kind = '';
  #hooks;

  constructor(hooks, problem) {
    this.#hooks = hooks;
    hooks.problem(problem);
  }

  feed() {
    this.#hooks.dropped(1, 'error');
  }

  close() {
    return 0;
  }
}

function decoderFor(codec, hooks, fallback) {
  if (codec === Codec.JPEG) return new JpegDecoder(hooks);
  if (codec !== Codec.H264 && codec !== Codec.HEVC) return new NoDecoder(hooks, unsupportedCodec(codec, ''));
  if (typeof VideoDecoder !== 'undefined') return new WebCodecsDecoder(codec, hooks);
  if (fallback !== null && codec === Codec.H264) return new fallback(hooks);
  return new NoDecoder(hooks, noWebCodecs(codec, globalThis.isSecureContext === true, globalThis.location?.protocol));
}

/**
 * @param {number} codec
 * @param {boolean} secure  a secure context
 * @param {string} [protocol]  of the page
 * @returns {Problem}
 */
export function noWebCodecs(codec, secure, protocol) {
  const name = codecName(codec);
  if (secure) {
    return {
      reason: 'webcodecs',
      why: 'decoder-missing',
      message: `This browser has nothing to decode live ${name} with. Use a current Chrome, Edge, Safari or Firefox.`,
    };
  }
  return {
    reason: 'webcodecs',
    why: 'insecure-context',
    message: protocol === 'https:'
      ? `This browser decodes live ${name} only on secure pages. This one came by https, but lies in one that did not.`
      : `This browser decodes live ${name} only on secure pages. Open this page through https://, or through `
        + 'http://localhost (with an SSH tunnel to the robot).',
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// 5  From message to picture

const QUIET_MS = 6;
const MAX_CATCH_UP_MS = 1000;

/**
 * After joining, a burst of frames since the last keyframe comes before the live ones. They are decoded, but only the
 * last is shown: this holds back decoded pictures until the last of the burst is there. It is the last when no newer one
 * has come for a moment.
 */
class CatchUp {
  #show;
  #held = null;
  #newest = -1;
  #last = null;
  #quiet = null;
  #limit = null;
  active = false;

  constructor(show) {
    this.#show = show;
  }

  begin() {
    this.#stop();
    this.active = true;
  }

  /** @returns {number} how many pictures were held back and are not to be shown */
  drop() {
    const held = this.#held;
    held?.picture.close();
    this.#held = null;
    return held === null ? 0 : 1;
  }

  #stop() {
    clearTimeout(this.#quiet);
    clearTimeout(this.#limit);
    this.#last = this.#limit = null;
    this.active = false;
  }

  /** A newer frame came. @param {number} index */
  arrived(index) {
    if (!this.active || this.#last !== null) return;
    this.#newest = index;
    this.#limit ??= setTimeout(() => this.#end(), MAX_CATCH_UP_MS);
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      this.#last = this.#newest;
      if (this.#held !== null && this.#held.unit.index >= this.#last) this.#end();
    }, QUIET_MS);
  }

  decoded(picture, unit) {
    this.#held?.picture.close();
    this.#held = { picture, unit };
    if (this.#last !== null && unit.index >= this.#last) this.#end();
  }

  #end() {
    const held = this.#held;
    this.#held = null;
    this.#stop();
    if (held !== null) handOver(held.picture, () => this.#show(held.picture, held.unit));
  }
}

/** Paints the newest picture once per screen refresh. */
class Painter {
  #canvas;
  #context;
  #painted;
  #superseded;
  #failed;
  #next = null;
  #requested = false;

  /** @param {object} hooks  painted(unit, width, height), superseded(), failed(error) */
  constructor(canvas, { painted, superseded, failed }) {
    this.#canvas = canvas;
    this.#painted = painted;
    this.#superseded = superseded;
    this.#failed = failed;
    this.#context = canvas.getContext('2d', { alpha: false });
    if (this.#context === null) throw new Error('the canvas has a context of another kind');
  }

  show(picture, unit) {
    if (this.#next !== null) {
      this.#next.picture.close();
      this.#superseded();
    }
    this.#next = { picture, unit };
    if (this.#requested) return;
    this.#requested = true;
    const request = globalThis.requestAnimationFrame ?? ((paint) => setTimeout(paint, 0));
    request(() => this.#paint());
  }

  /** @returns {number} how many pictures were to be painted */
  clear() {
    const next = this.#next;
    next?.picture.close();
    this.#next = null;
    return next === null ? 0 : 1;
  }

  #paint() {
    this.#requested = false;
    const next = this.#next;
    this.#next = null;
    if (next === null) return;
    const { picture, unit } = next;
    const width = picture.displayWidth ?? picture.width;
    const height = picture.displayHeight ?? picture.height;
    try {
      if (this.#canvas.width !== width || this.#canvas.height !== height) {
        this.#canvas.width = width;
        this.#canvas.height = height;
      }
      this.#context.drawImage(picture, 0, 0, width, height);
    } catch (error) {
      this.#failed(error);
      return;
    } finally {
      picture.close();
    }
    this.#painted(unit, width, height);
  }
}

const MAX_KEPT_BYTES = 16 * 1024 * 1024;

/** The frames since the last keyframe, kept while nothing is shown, so that showing can begin again at once. */
export class GroupBuffer {
  #units = [];
  #bytes = 0;

  /** @param {Unit} unit @returns {number} how many frames were thrown away */
  add(unit) {
    let dropped = 0;
    if (unit.message.keyframe) dropped = this.#empty();
    else if (this.#units.length === 0) return 1;
    this.#units.push(unit);
    this.#bytes += unit.message.payload.length;
    if (this.#bytes > MAX_KEPT_BYTES || this.#units.length > MAX_WAITING_FRAMES) dropped += this.#empty();
    return dropped;
  }

  /** @returns {Unit[]} all frames; the buffer is empty then */
  take() {
    const units = this.#units;
    this.#empty();
    return units;
  }

  #empty() {
    const count = this.#units.length;
    this.#units = [];
    this.#bytes = 0;
    return count;
  }
}

/** Everything between a parsed video message and the screen. */
class Pipeline {
  #canvas;
  #hooks;
  #fallback;
  #gate = new KeyframeGate();
  #kept = new GroupBuffer();
  #catchUp = new CatchUp((picture, unit) => this.#show(picture, unit));
  #painter = null;
  #decoder = null;
  #codec = null;
  #suspended = false;
  #resumed = false;
  #index = 0;
  counts = { decoded: 0, painted: 0, delivered: 0, late: 0, error: 0, gap: 0, superseded: 0, suspended: 0 };
  /** By how many frames pictures were seen to come out of order; 0: the stream has no B-frames, as far as was seen. */
  reorderedFrames = 0;

  /**
   * @param {HTMLCanvasElement | OffscreenCanvas | null} canvas  null: pictures are handed to hooks.picture
   * @param {object} hooks  painted(unit, width, height), picture(picture, unit) → whether it was taken, problem(problem),
   *     described(description)
   * @param {(new (hooks: DecoderHooks) => object) | null} fallback  decodes H.264 where there is no WebCodecs
   */
  constructor(canvas, hooks, fallback) {
    this.#canvas = canvas;
    this.#hooks = hooks;
    this.#fallback = fallback;
  }

  /** Which kind of decoder is at work. */
  get decoderKind() {
    return this.#decoder?.kind ?? '';
  }

  get missed() {
    return this.#gate.missed;
  }

  get codec() {
    return this.#codec;
  }

  /** A new connection: the next frame does not continue the last one. */
  restart() {
    this.#gate.reset();
    this.#kept.take();
    this.#discardDecoder('superseded');
    this.#resumed = false;
    this.reorderedFrames = 0;
    this.#catchUp.begin();
  }

  accept(message, arrivedAt) {
    if (!this.#gate.admits(message)) {
      this.counts.gap++;
      return;
    }
    const unit = { index: this.#index++, arrivedAt, message };
    if (this.#suspended) this.counts.suspended += this.#kept.add(unit);
    else this.#feed(unit);
  }

  /** Stops decoding and showing; what comes is kept from the last keyframe on. */
  suspend() {
    if (this.#suspended) return;
    this.#suspended = true;
    this.#discardDecoder('suspended');
  }

  resume() {
    // Somebody clicked, perhaps: that may be what the decoder waits for.
    this.#decoder?.play?.();
    if (!this.#suspended) return;
    this.#suspended = false;
    this.#resumed = true;
    this.#catchUp.begin();
    // Without a keyframe at hand the decoder, new as it is, waits for one by itself.
    for (const unit of this.#kept.take()) this.#feed(unit);
  }

  close() {
    this.#discardDecoder('superseded');
    this.#kept.take();
  }

  #feed(unit) {
    if (unit.message.codec !== this.#codec || this.#decoder === null) {
      this.#discardDecoder('superseded');
      this.#codec = unit.message.codec;
      this.#decoder = this.#newDecoder(this.#codec);
    }
    this.#catchUp.arrived(unit.index);
    this.#decoder.feed(unit, this.#catchUp.active);
  }

  #newDecoder(codec) {
    let current = null;
    const ifCurrent = (action) => (...details) => { if (current === null || current === this.#decoder) action(...details); };
    current = decoderFor(codec, {
      decoded: (picture, unit) => {
        if (current === null || current === this.#decoder) this.#decoded(picture, unit);
        else picture.close();
      },
      dropped: ifCurrent((frames, reason) => { this.counts[this.#countedAs(reason)] += frames; }),
      reordered: ifCurrent((frames) => { this.reorderedFrames = Math.max(this.reorderedFrames, frames); }),
      problem: ifCurrent((problem) => this.#hooks.problem(problem)),
      described: ifCurrent((description) => this.#hooks.described(description)),
    }, this.#fallback);
    return current;
  }

  #countedAs(reason) {
    // Whoever paused wanted no pictures, and gets them from the next keyframe on.
    if (reason === 'first') return this.#resumed ? 'suspended' : 'gap';
    // While catching up, frames before a newer keyframe are not late: nobody was to see them.
    return reason === 'late' && this.#catchUp.active ? 'superseded' : reason;
  }

  #decoded(picture, unit) {
    this.counts.decoded++;
    if (this.#suspended) picture.close();
    else if (this.#catchUp.active) this.#catchUp.decoded(picture, unit);
    else this.#show(picture, unit);
  }

  #show(picture, unit) {
    if (this.#canvas === null) {
      if (this.#hooks.picture(picture, unit)) this.counts.delivered++;
      else this.counts.superseded++;
      return;
    }
    try {
      this.#painter ??= new Painter(this.#canvas, {
        painted: (shown, width, height) => { this.counts.painted++; this.#hooks.painted(shown, width, height); },
        superseded: () => { this.counts.superseded++; },
        failed: (error) => this.#notPainted(error),
      });
    } catch (error) {
      picture.close();
      this.#notPainted(error);
      return;
    }
    this.#painter.show(picture, unit);
  }

  #notPainted(error) {
    this.counts.error++;
    this.#hooks.problem({ reason: 'canvas', why: 'canvas-in-use', message: `The canvas cannot be painted on: ${error.message}` });
  }

  /** @param {'suspended' | 'superseded'} reason  what becomes of the frames that are in it */
  #discardDecoder(reason) {
    const held = this.#catchUp.drop() + (this.#painter?.clear() ?? 0);
    this.counts[reason] += held + (this.#decoder?.close() ?? 0);
    this.#decoder = null;
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// 6  Connection

const OPEN_TIMEOUT_MS = 8000;
const PROBE_TIMEOUT_MS = 2000;
/** On a link that swallows everything: first short attempts, so that one begun in vain does not outlast the outage. */
const SHORT_OPEN_TIMEOUT_MS = 4000;
/** As many of them: Chromium makes a page's WebSockets wait for seconds once more than that have failed. */
const SHORT_ATTEMPTS = 14;
/** A request that is answered while a handshake is not tells that the handshake never will be. */
const HANDSHAKE_LAG_MS = 500;
const UNANSWERED_MEAN_DEAD = 2;
/** In the first minute after an outage requests may still hang in the browser's connections of then. */
const UNANSWERED_MEAN_DEAD_AFTER_OUTAGE = 4;
const AFTER_OUTAGE_MS = 60000;
const ORIGIN_RETRY_MS = 30000;
const MAX_RETRY_AFTER_MS = 60000;
const CLOSE_GOING_AWAY = 1001;
const CLOSE_NO_KEYFRAME = 4408;

/**
 * @typedef {object} ConnectionState
 * @property {'idle' | 'connecting' | 'open' | 'retrying' | 'refused' | 'failed' | 'stopped'} phase
 * @property {string} reason  for programs
 * @property {Why} why
 * @property {string} message  for people
 * @property {number | null} httpStatus  of the answer that explains a refusal
 * @property {number | null} retryAt  when the next attempt is made; null: not by itself
 */

/** @typedef {{ reason: string, why: Why, message: string }} Cause */

const UNREACHABLE = Object.freeze({ reason: 'unreachable', why: 'no-answer', message: 'The server cannot be reached.' });

/**
 * What an answer that is no upgrade says.
 * @param {{ status: number, body: string, origin: string, token: boolean }} answer  token: whether one was sent
 * @returns {Cause & { refused: boolean }} refused: by somebody's decision, not by a fault
 */
export function causeOfAnswer({ status, body, origin, token }) {
  const refused = (reason, why, message) => ({ refused: true, reason, why, message });
  const failed = (reason, why, message) => ({ refused: false, reason, why, message });
  switch (status) {
    case 401:
      return token ? refused('token', 'token-wrong', 'The server does not accept this access token.')
        : refused('token', 'unauthorized', 'This server asks for an access token.');
    case 403:
    case 421:
      if (/\bhost\b/i.test(body)) {
        return refused('host', 'host-refused', 'The server does not answer under the name by which it was called. '
          + 'Its setting SDR_ALLOWED_HOSTS decides.');
      }
      return refused('origin', 'origin-refused', 'The server does not accept viewers from this page\'s address '
        + `(${origin}). Its setting SDR_ALLOWED_ORIGINS decides.`);
    case 426:
      return failed('upgrade', 'no-websocket', 'The server answers, but no WebSocket comes through. Is a proxy in between?');
    case 503:
      if (/\b(stopping|stopped|shutting down)\b/i.test(body)) {
        return failed('server-stopped', 'server-stopping', 'The server has stopped or is restarting.');
      }
      if (/\baddress\b/i.test(body)) {
        return refused('full', 'full-for-address', 'The server has as many viewers from this address as it allows. '
          + 'Its setting SDR_MAX_CLIENTS_PER_ADDRESS decides.');
      }
      if (/\bplaces\b|\bviewers\b/i.test(body)) {
        return refused('full', 'full', 'The server has as many viewers as it allows.');
      }
      return failed('http', 'proxy', 'A proxy answers (HTTP status 503), but the server behind it does not.');
    case 502:
    case 504:
      return failed('http', 'proxy', `A proxy answers (HTTP status ${status}), but the server behind it does not.`);
    default:
      return failed('http', 'http-error', `The server answers with HTTP status ${status}.`);
  }
}

/**
 * Why no WebSocket could even be tried.
 * @param {string} errorName  of what its constructor threw
 * @param {string} address
 * @param {string} [pageProtocol]
 * @returns {Cause}
 */
export function causeOfThrow(errorName, address, pageProtocol) {
  if (errorName === 'SecurityError') {
    return {
      reason: 'mixed-content',
      why: 'mixed-content',
      message: pageProtocol === 'https:' ? `A page that came by https may not connect to ${address}. The server has to speak `
        + 'https, too (SDR_TLS_CERT_FILE, or a proxy in front of it).' : `The browser does not allow to connect to ${address}.`,
    };
  }
  return { reason: 'address', why: 'bad-address', message: `${address} is no address of a stream (ws, wss, http or https).` };
}

/**
 * What a violation of the page's Content-Security-Policy forbids.
 * @param {{ effectiveDirective: string, blockedURI: string, disposition: string }} violation
 * @param {{ stream: URL, health: URL }} addresses  with http or https
 * @returns {'stream' | 'health' | null}
 */
export function blockedBy({ effectiveDirective, blockedURI, disposition }, { stream, health }) {
  if (disposition === 'report' || !effectiveDirective.startsWith('connect-src')) return null;
  let blocked;
  try {
    blocked = new URL(blockedURI);
  } catch {
    return null;
  }
  if (blocked.host !== stream.host) return null;
  // Some browsers tell no more than the origin of what is not of the page's own.
  if (blocked.protocol.startsWith('ws')) return 'stream';
  return blocked.pathname === health.pathname ? 'health' : null;
}

/** Whether browsers forbid it whatever the page's policy says. @param {string} pageProtocol @param {URL} stream */
function mixed(pageProtocol, stream) {
  return pageProtocol === 'https:' && stream.protocol === 'http:' && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(stream.hostname);
}

/** Aborts what takes longer. @param {number} limitMs @returns {AbortSignal} */
function within(limitMs) {
  if (typeof AbortSignal.timeout === 'function') return AbortSignal.timeout(limitMs);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), limitMs);
  return controller.signal;
}

/**
 * Keeps one WebSocket open: reconnects, explains refusals, and notices a link that went away without a word.
 *
 * Browsers make a page wait for its WebSocket, by seconds, when many have failed before. So while nobody listens at the
 * server's address it is not WebSockets that are tried, but requests, unless none ever came through. While nobody answers
 * at all it is the other way round: a browser has six connections for requests to a host, those that hang stay for
 * minutes after the request was given up, and later ones wait for them. A WebSocket has a connection of its own.
 */
class Connection {
  #streamUrl;
  #healthUrl;
  #token;
  #hooks;
  #retryFirstMs;
  #backoff;
  #socket = null;
  #opened = false;
  #triedAt = 0;
  #attempt = 0;
  #timer = null;
  #heardAt = 0;
  #healthAnswers = false;
  #healthBlocked = false;
  #unanswered = 0;
  // Nobody answers, and nobody refuses either.
  #swallowed = false;
  #swallowedAttempts = 0;
  #outageEndedAt = -Infinity;
  #onViolation = (event) => this.#violated(event);

  /** @param {object} hooks  changed(ConnectionState), message(ArrayBuffer, arrivedAt) */
  constructor(options, hooks) {
    this.#streamUrl = new URL(options.url);
    this.#healthUrl = new URL('../health', this.#streamUrl);
    for (const url of [this.#streamUrl, this.#healthUrl]) url.protocol = url.protocol.replace(/^ws/, 'http');
    this.#token = options.token ?? '';
    this.#hooks = hooks;
    this.#retryFirstMs = options.retryFirstMs;
    this.#backoff = new Backoff(options.retryFirstMs, options.retryLimitMs);
  }

  /** Does nothing while connected, or about to be. */
  start() {
    if (this.#socket === null) this.#begin();
  }

  /** Now rather than when the time has come. Does nothing while connected. */
  retryNow() {
    if (this.#socket === null || (!this.#opened && clockMs() - this.#triedAt > this.#retryFirstMs)) this.#begin();
  }

  setToken(token) {
    this.#token = token;
    if (!this.#opened) this.#begin();
  }

  stop() {
    this.#abandon();
    violations()?.removeEventListener?.('securitypolicyviolation', this.#onViolation);
    this.#change('stopped', { reason: 'stopped', why: 'stopped', message: 'Stopped.' });
  }

  /**
   * Asks the server. That it does not answer on an open connection, again and again, ends the connection.
   * @returns {Promise<{ answered: boolean | null, health: object | null }>} whether it answers, null when that cannot be
   *     told; what it says of itself, null where that cannot be read
   */
  async health() {
    const socket = this.#socket;
    const askedAt = clockMs();
    const readable = this.#healthUrl.origin === globalThis.location?.origin;
    try {
      const answer = await this.#askHealth(readable ? 'same-origin' : 'no-cors', PROBE_TIMEOUT_MS);
      this.#healthAnswers = present(answer);
      this.#unanswered = 0;
      return { answered: this.#healthAnswers, health: readable && answer.ok ? await answer.json() : null };
    } catch {
      if (!this.#healthAnswers || this.#healthBlocked) return { answered: null, health: null };
      const recent = clockMs() - this.#outageEndedAt < AFTER_OUTAGE_MS;
      if (socket === this.#socket && this.#opened && this.#heardAt < askedAt) this.#notAnswered(recent);
      return { answered: recent ? null : false, health: null };
    }
  }

  #notAnswered(recent) {
    if (++this.#unanswered < (recent ? UNANSWERED_MEAN_DEAD_AFTER_OUTAGE : UNANSWERED_MEAN_DEAD)) return;
    this.#abandon();
    this.#swallow();
    this.#retryIn(this.#retryFirstMs, 'retrying', UNREACHABLE, null);
  }

  #askHealth(mode, limitMs) {
    return fetch(this.#healthUrl, { mode, cache: 'no-store', signal: within(limitMs) });
  }

  #address(protocol) {
    const url = new URL(this.#streamUrl);
    if (protocol === 'ws') url.protocol = url.protocol.replace(/^http/, 'ws');
    if (this.#token !== '') url.searchParams.set('token', this.#token);
    return url;
  }

  #change(phase, { reason, why, message }, more = {}) {
    this.#hooks.changed({ phase, reason, why, message, httpStatus: null, retryAt: null, ...more });
  }

  #begin() {
    violations()?.addEventListener?.('securitypolicyviolation', this.#onViolation);
    this.#backoff.reset();
    this.#open({ reason: 'connecting', why: 'connecting', message: 'Connecting to the robot.' });
  }

  /** @param {Cause} cause  of this attempt */
  #open(cause) {
    this.#abandon();
    let socket;
    try {
      socket = new WebSocket(this.#address('ws'));
    } catch (error) {
      this.#fail(causeOfThrow(error.name, this.#address('ws').origin, globalThis.location?.protocol));
      return;
    }
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#triedAt = clockMs();
    this.#change('connecting', cause);
    const short = this.#swallowed && this.#swallowedAttempts < SHORT_ATTEMPTS;
    this.#timer = setTimeout(() => this.#timedOut(), short ? SHORT_OPEN_TIMEOUT_MS : OPEN_TIMEOUT_MS);
    if (this.#swallowed) this.#askBesides(socket, cause);
    socket.onopen = () => {
      if (socket === this.#socket) this.#onOpened();
    };
    socket.onmessage = (event) => {
      if (socket !== this.#socket) return;
      const now = clockMs();
      this.#heardAt = now;
      this.#unanswered = 0;
      // Only a connection that brings something ends a row of failures.
      this.#backoff.reset();
      if (event.data instanceof ArrayBuffer) this.#hooks.message(event.data, now);
    };
    socket.onclose = (event) => {
      if (socket !== this.#socket) return;
      const opened = this.#opened;
      this.#abandon();
      if (opened) this.#lost(event);
      else this.#explain();
    };
  }

  #onOpened() {
    clearTimeout(this.#timer);
    this.#opened = true;
    this.#heardAt = clockMs();
    if (this.#swallowed) this.#outageEndedAt = clockMs();
    this.#swallowed = false;
    this.#swallowedAttempts = 0;
    this.#change('open', { reason: 'open', why: 'joining', message: 'Connected.' });
  }

  #abandon() {
    clearTimeout(this.#timer);
    this.#attempt++;
    const socket = this.#socket;
    this.#socket = null;
    this.#opened = false;
    this.#unanswered = 0;
    if (socket !== null && socket.readyState <= WebSocket.OPEN) socket.close();
  }

  #swallow() {
    if (!this.#swallowed) this.#swallowedAttempts = 0;
    this.#swallowed = true;
  }

  #timedOut() {
    this.#abandon();
    this.#swallowedAttempts++;
    // The attempt was waiting enough.
    if (this.#swallowed) this.#retryIn(this.#retryFirstMs, 'retrying', UNREACHABLE, null);
    else this.#explain();
  }

  /** The link may be back, and the attempt that is under way still hang in what was before. */
  async #askBesides(socket, cause) {
    const answered = await this.#askHealth('no-cors', SHORT_OPEN_TIMEOUT_MS).then(present, () => false);
    if (!answered || socket !== this.#socket || this.#opened) return;
    this.#timer = replaced(this.#timer, HANDSHAKE_LAG_MS, () => {
      this.#swallowed = false;
      this.#outageEndedAt = clockMs();
      this.#open(cause);
    });
  }

  #lost(event) {
    if (event.code === CLOSE_NO_KEYFRAME) {
      this.#retry({
        reason: 'no-keyframe', why: 'no-keyframe', message: 'The encoder sends no keyframe, so no picture can be built.',
      });
    } else if (event.code === CLOSE_GOING_AWAY) {
      this.#retry({ reason: 'server-stopped', why: 'server-stopping', message: 'The server has stopped or is restarting.' });
    } else {
      const code = event.code === 1006 ? '' : ` (code ${event.code})`;
      this.#retry({ reason: 'lost', why: 'lost', message: `The connection was lost${code}.` });
    }
  }

  /** The browser does not say why a WebSocket was refused; a plain GET of the same path does. */
  async #explain() {
    const attempt = this.#attempt;
    let answer = null;
    let body = '';
    let silent = false;
    try {
      // With the origin as referrer: to its own server a browser says no Origin, which would leave a wrong one unexplained.
      answer = await fetch(this.#address('http'),
        { cache: 'no-store', referrerPolicy: 'origin', signal: within(PROBE_TIMEOUT_MS) });
      body = (await answer.text()).slice(0, 1000);
    } catch (error) {
      // No answer, or one that a foreign page may not read.
      silent = timedOut(error);
    }
    if (attempt !== this.#attempt) return;
    if (answer === null) {
      if (silent) this.#swallow();
      this.#retry(UNREACHABLE);
      return;
    }
    this.#swallowed = false;
    const { status } = answer;
    const cause = causeOfAnswer({ status, body, origin: globalThis.location?.origin ?? 'unknown', token: this.#token !== '' });
    if (!cause.refused) this.#retry(cause, status);
    else if (status === 401) this.#change('refused', cause, { httpStatus: status });
    else this.#retryIn(status === 503 ? retryAfterMs(answer) : ORIGIN_RETRY_MS, 'refused', cause, status);
  }

  #retry(cause, httpStatus = null) {
    this.#retryIn(this.#backoff.next(), 'retrying', cause, httpStatus);
  }

  async #reopen(cause) {
    const attempt = this.#attempt;
    if (!this.#healthAnswers || this.#swallowed) {
      this.#open(cause);
      return;
    }
    let silent = false;
    const reachable = await this.#askHealth('no-cors', PROBE_TIMEOUT_MS).then(present, (error) => {
      silent = timedOut(error);
      return false;
    });
    if (attempt !== this.#attempt) return;
    if (silent) this.#swallow();
    if (silent) this.#open(UNREACHABLE);
    else if (reachable) this.#open(cause);
    else this.#retry(UNREACHABLE);
  }

  #retryIn(delayMs, phase, cause, httpStatus) {
    this.#timer = replaced(this.#timer, delayMs, () => this.#reopen(cause));
    this.#change(phase, cause, { httpStatus, retryAt: clockMs() + delayMs });
  }

  /** Nothing that may be tried again would help. @param {Cause} cause */
  #fail(cause) {
    this.#abandon();
    this.#change('failed', cause);
  }

  #violated(event) {
    const blocked = blockedBy(event, { stream: this.#streamUrl, health: this.#healthUrl });
    if (blocked === 'health') this.#healthBlocked = true;
    if (blocked !== 'stream' || this.#opened) return;
    if (mixed(globalThis.location?.protocol, this.#streamUrl)) {
      this.#fail(causeOfThrow('SecurityError', this.#address('ws').origin, 'https:'));
      return;
    }
    this.#fail({
      reason: 'csp',
      why: 'blocked-by-csp',
      message: `This page's own Content-Security-Policy does not allow to connect to ${this.#address('ws').origin} (connect-src).`,
    });
  }
}

/** Where the page, or the worker, tells of what its Content-Security-Policy blocked. */
const violations = () => globalThis.document ?? (typeof WorkerGlobalScope === 'undefined' ? null : globalThis);

/** `AbortSignal.timeout` gives TimeoutError, an AbortController of one's own AbortError. */
const timedOut = (error) => error.name === 'TimeoutError' || error.name === 'AbortError';

function replaced(timer, delayMs, action) {
  clearTimeout(timer);
  return setTimeout(action, delayMs);
}

/** Whether the server is there: what a page from elsewhere gets cannot be read, and a proxy answers for one that is not. */
function present(answer) {
  return answer.type === 'opaque' || answer.ok;
}

function retryAfterMs(answer) {
  const seconds = Number(answer.headers.get('Retry-After'));
  const wantedMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 5000;
  return Math.min(wantedMs, MAX_RETRY_AFTER_MS) * (1 + 0.2 * Math.random());
}

// ---------------------------------------------------------------------------------------------------------------------
// 7  Session: connection and pipeline together, in the worker or on the page

const TICK_MS = 100;
const MAX_UNDELIVERED = 3;
const STATISTICS_MS = 250;
/** While nothing comes the server is asked this often whether it gets frames. */
const ASK_AGAIN_MS = 3000;
/** ... or this often until it has answered. */
const ASK_SOON_MS = 500;
/** Its newest frame is at most that old while it does. */
const FLOWING_MS = 1000;
/** A frame that came less long ago is still on its way to the screen. */
const SHOWN_WITHIN_MS = 300;
/** For so long after connecting or resuming nobody is to blame that nothing is shown. */
const GRACE_MS = 1000;
/** What the server said sooner after the last frame says nothing about why none followed. */
const ASK_AFTER_MS = 400;
/** A frame is younger at the server than its arrival here makes it by less. */
const SAME_FRAME_MS = 150;

/**
 * @typedef {string} Why
 * What it is due to: one of {@link WHYS}, whose comments say what each means. Whoever words it needs nothing else.
 */

/** Every cause that a state can have. New ones may follow. */
export const WHYS = Object.freeze([
  'idle', // start() was not called yet
  'connecting', // the first attempt is under way
  'joining', // connected a moment ago: whether there are pictures is not known yet
  'live',
  'recovering', // pictures come again, but not for long yet
  'resuming', // after pause or a hidden page: the first new picture is on its way
  'paused', // by pause()
  'hidden', // the page is not visible
  'play-blocked', // the browser lets nothing play before somebody clicks: resume() from a click
  'no-frames', // the server answers, and says itself that it gets no frames: the robot's side
  'no-keyframe', // frames come, but none that a picture can begin with
  'not-arriving', // the server has newer frames, but they do not get here
  'unexplained', // connected, nothing new comes, and why is not known (yet)
  'undecodable', // frames come, but the browser's decoder fails on them
  'decoder-slow', // frames come, but the decoder is far behind
  'decoder-missing', // this browser has nothing to decode with, whatever is sent (JPEG excepted)
  'codec-unsupported', // it decodes other codecs or profiles, not this one
  'insecure-context', // it decodes only on secure pages
  'lost', // the connection broke
  'no-answer', // nobody answers: network, address, or server are gone
  'server-stopping', // it said so
  'proxy', // a proxy answers in place of the server
  'no-websocket', // the server answers, but not with a WebSocket
  'http-error', // an answer that nothing else here explains
  'full', // as many viewers as the server allows
  'full-for-address', // ... from this address
  'unauthorized', // a token is needed
  'token-wrong', // the one given is not accepted
  'origin-refused', // SDR_ALLOWED_ORIGINS
  'host-refused', // SDR_ALLOWED_HOSTS
  'mixed-content', // ws:// from an https page: browsers forbid it
  'blocked-by-csp', // the page's own Content-Security-Policy forbids it
  'bad-address', // `url` is none
  'canvas-in-use', // another client has it
  'worker-failed', // the worker broke
  'worker-hung', // it says nothing any more
  'stopped', // by stop()
  'closed', // by close()
]);

/**
 * @typedef {object} ClientState
 * @property {'idle' | 'connecting' | 'waiting' | 'live' | 'stale' | 'paused' | 'reconnecting' | 'refused' |
 *     'unsupported' | 'failed' | 'stopped'} state
 *     waiting: connected, but no picture yet. live: the picture shown is younger than the limit (see `staleAfterMs`).
 *     stale: connected, but it is older, or (reason 'replay', for a moment after connecting) may be. failed: it does not
 *     go on by itself, and why is said; start() or retry() try again.
 * @property {string} reason  for programs, e.g. 'token', 'origin', 'full', 'unreachable', 'hidden', 'hevc'; `why` is finer
 * @property {Why} why
 * @property {string} message  for people
 * @property {boolean} pictureOld  a picture is shown that is too old to steer by, whatever the state
 * @property {number | null} httpStatus
 * @property {number | null} retryAt
 *
 * @typedef {object} Statistics  counters since the client was made; rates over the last two seconds
 * @property {number} framesReceived
 * @property {number} framesDecoded
 * @property {number} framesPainted
 * @property {number} framesMissed  written, but never came (dropped on the way for this client, or lost by the reader)
 * @property {{ late: number, error: number, gap: number, superseded: number, suspended: number }} framesDropped
 *     came, but not shown: the decoder was behind; it failed; waiting for a keyframe; a newer picture was there before
 *     the screen's next refresh; nothing was shown at that time
 * @property {number} videoBytes
 * @property {number} telemetryReceived
 * @property {number} malformed
 * @property {number} connects
 * @property {number} fps  pictures shown per second
 * @property {number} bitsPerSecond
 * @property {string} codec  for people
 * @property {string} codecString
 * @property {number} width
 * @property {number} height
 * @property {bigint | null} lastFrameSeq  of the picture shown
 * @property {bigint | null} lastFrameId
 * @property {number | null} lastArrivedAt  when the picture shown had come from the network
 * @property {number | null} delayMs  from the network to the screen, of the picture shown
 * @property {string} decoder  'webcodecs', 'mse' (the fallback, slower), 'jpeg' or ''
 * @property {boolean} bFrames  pictures come in another order than they are shown in: the encoder makes B-frames
 * @property {number} reorderDelayMs  what these cost: each frame is as much later as it must wait for others; 0 without
 */

/** @type {ClientState} */
const IDLE = Object.freeze({
  state: 'idle', reason: 'idle', why: 'idle', message: '', httpStatus: null, retryAt: null, pictureOld: false,
});

class Session {
  #options;
  #emit;
  #connection;
  #pipeline;
  #undelivered = 0;
  #connectionState = { phase: 'idle', reason: 'idle', why: 'idle', message: '', httpStatus: null, retryAt: null };
  #state = IDLE;
  #problem = null;
  #paused = false;
  #hidden = false;
  #suspended = false;
  #viewing = 0;
  #tick = null;
  #reportedAt = 0;
  #freshness;
  #interval = new FrameInterval();
  #alarm;
  #connectedAt = 0;
  #resumedAt = null;
  #arrivedAt = null;
  #unshownSince = null;
  #errorsBefore = 0;
  #gapsBefore = 0;
  #asking = false;
  #askedAt = 0;
  // What the server said last, and when it was asked for it; see #serverView.
  #told = null;
  #shownArrivedAt = null;
  #writtenBy = null;
  #frameRate = new RateMeter();
  #byteRate = new RateMeter();
  #numbers = {
    framesReceived: 0, videoBytes: 0, telemetryReceived: 0, malformed: 0, connects: 0, codecString: '', width: 0, height: 0,
    lastFrameSeq: null, lastFrameId: null, lastArrivedAt: null, delayMs: null,
  };

  /** @param {(type: string, detail: object, transfer?: Transferable[]) => void} emit */
  constructor(options, canvas, fallback, emit) {
    this.#options = options;
    this.#emit = emit;
    this.#freshness = new Freshness(options.staleAfterMs);
    this.#alarm = new StaleAlarm(options.staleAfterMs);
    this.#connection = new Connection(options, {
      changed: (state) => this.#connectionChanged(state),
      message: (buffer, arrivedAt) => this.#message(buffer, arrivedAt),
    });
    this.#pipeline = new Pipeline(canvas, {
      painted: (unit, width, height) => this.#shown(unit, width, height),
      picture: (picture, unit) => this.#deliver(picture, unit),
      problem: (problem) => {
        this.#problem = problem;
        this.#updateState();
      },
      described: (description) => {
        this.#numbers.codecString = description.codecString;
      },
    }, fallback);
  }

  start() {
    this.#keepTime();
    this.#connection.start();
  }

  stop() {
    clearInterval(this.#tick);
    this.#tick = null;
    this.#connection.stop();
    this.#pipeline.close();
    this.#report();
  }

  retry() {
    this.#keepTime();
    this.#connection.retryNow();
  }

  /** The network is back, or somebody is looking again. That is no reason to ask again who was refused, or has stopped. */
  retryIfLost() {
    if (this.#connectionState.phase === 'retrying') this.#connection.retryNow();
  }

  setToken(token) {
    this.#keepTime();
    this.#connection.setToken(token);
  }

  setPaused(paused) {
    this.#paused = paused;
    this.#suspendOrResume();
  }

  /** `viewing` comes back with each frame shown from now on. */
  setHidden(hidden, viewing) {
    this.#hidden = hidden;
    this.#viewing = viewing;
    this.#suspendOrResume();
    if (!hidden) this.retryIfLost();
  }

  #keepTime() {
    this.#tick ??= setInterval(() => this.#onTick(), TICK_MS);
  }

  #suspendOrResume() {
    if (this.#paused || this.#hidden) {
      this.#suspended = true;
      this.#pipeline.suspend();
    } else {
      if (this.#suspended) {
        this.#resumedAt = clockMs();
        this.#alarm.reset();
        this.#unshownSince = null;
        this.#forgetLosses();
      }
      this.#suspended = false;
      this.#pipeline.resume();
    }
    this.#updateState();
  }

  #forgetLosses() {
    this.#errorsBefore = this.#pipeline.counts.error;
    this.#gapsBefore = this.#pipeline.counts.gap;
  }

  #connectionChanged(state) {
    this.#connectionState = state;
    if (state.phase === 'open') {
      this.#numbers.connects++;
      this.#problem = null;
      this.#pipeline.restart();
      this.#connectedAt = clockMs();
      this.#freshness.connected(this.#connectedAt);
      this.#interval.reset();
      this.#arrivedAt = null;
      this.#unshownSince = null;
      this.#told = null;
      this.#forgetLosses();
      this.#shownArrivedAt = null;
      this.#askAge();
    }
    this.#updateState();
  }

  async #askAge() {
    if (this.#asking) return;
    this.#asking = true;
    const askedAt = clockMs();
    this.#askedAt = askedAt;
    const connection = this.#numbers.connects;
    const { answered, health } = await this.#connection.health();
    this.#asking = false;
    if (this.#connectionState.phase !== 'open') return;
    if (connection !== this.#numbers.connects) {
      this.#askAge();
      return;
    }
    const at = clockMs();
    const ageMs = health?.last_frame_age_ms;
    this.#told = { askedAt, at, answered, newestAt: ageMs === undefined || ageMs === null ? ageMs : at - ageMs };
    if (ageMs !== undefined) this.#freshness.answered(at, ageMs);
    if (this.#shownArrivedAt !== null) {
      this.#writtenBy = this.#freshness.writtenBy(this.#shownArrivedAt);
      this.#emit('age', { writtenBy: this.#writtenBy });
    }
    this.#updateState();
  }

  #message(buffer, arrivedAt) {
    const message = parseMessage(buffer);
    if (message.type === 'video') {
      this.#numbers.framesReceived++;
      this.#numbers.videoBytes += message.payload.length;
      this.#byteRate.add(arrivedAt, message.payload.length);
      this.#freshness.arrived(arrivedAt);
      this.#interval.arrived(arrivedAt, message.frameSeq);
      this.#arrivedAt = arrivedAt;
      if (!this.#suspended) this.#unshownSince ??= arrivedAt;
      this.#pipeline.accept(message, arrivedAt);
    } else if (message.type === 'telemetry') {
      this.#numbers.telemetryReceived++;
      this.#emit('telemetry', { subject: message.subject, payload: message.payload, arrivedAt }, [buffer]);
    } else if (message.type === 'malformed') {
      this.#numbers.malformed++;
    }
  }

  /** The page gets so many pictures ahead, no more: one that does not keep up would fill its memory with them. */
  #deliver(picture, unit) {
    if (this.#undelivered >= MAX_UNDELIVERED) {
      picture.close();
      return false;
    }
    const width = picture.displayWidth ?? picture.width;
    const height = picture.displayHeight ?? picture.height;
    this.#undelivered++;
    try {
      handOver(picture, () => this.#shown(unit, width, height, picture));
    } catch (error) {
      this.#undelivered--;
      throw error;
    }
    return true;
  }

  /** The page has a picture that was delivered. */
  pictureReceived() {
    this.#undelivered--;
  }

  #shown(unit, width, height, picture) {
    const { frameSeq, frameId, codec, keyframe } = unit.message;
    const shownAt = clockMs();
    const writtenBy = this.#freshness.writtenBy(unit.arrivedAt);
    this.#shownArrivedAt = unit.arrivedAt;
    this.#resumedAt = null;
    this.#unshownSince = this.#arrivedAt > unit.arrivedAt ? shownAt : null;
    this.#forgetLosses();
    this.#writtenBy = writtenBy;
    this.#frameRate.add(shownAt);
    Object.assign(this.#numbers, {
      width, height, lastFrameSeq: frameSeq, lastFrameId: frameId, lastArrivedAt: unit.arrivedAt, delayMs: shownAt - unit.arrivedAt,
    });
    const detail = {
      frameSeq, frameId, codec, keyframe, width, height, arrivedAt: unit.arrivedAt, writtenBy, shownAt, viewing: this.#viewing,
    };
    if (picture === undefined) this.#emit('frame', detail);
    else this.#emit('frame', { ...detail, picture }, [picture]);
    this.#updateState();
  }

  #onTick() {
    if (this.#freshness.doubtful || this.#silenceToExplain) this.#askAge();
    this.#updateState();
    if (clockMs() - this.#reportedAt >= STATISTICS_MS - TICK_MS / 2) this.#report();
  }

  /** Connected, and nothing has come for a while: whether there is anything, the server knows. */
  get #silenceToExplain() {
    if (this.#connectionState.phase !== 'open') return false;
    const now = clockMs();
    const limitMs = this.#alarm.limitMs(this.#interval.milliseconds);
    const silentForMs = now - (this.#arrivedAt ?? this.#connectedAt);
    if (silentForMs < (this.#arrivedAt === null ? ASK_AFTER_MS : limitMs)) return false;
    const view = this.#serverView(limitMs);
    return now - this.#askedAt >= (view === 'not-asked' || view === 'silent' ? ASK_SOON_MS : ASK_AGAIN_MS);
  }

  #report() {
    const now = clockMs();
    this.#reportedAt = now;
    const { decoded, painted, delivered, late, error, gap, superseded, suspended } = this.#pipeline.counts;
    const { codec } = this.#pipeline;
    this.#emit('statistics', {
      ...this.#numbers,
      framesDecoded: decoded,
      framesPainted: painted + delivered,
      framesMissed: this.#pipeline.missed,
      framesDropped: { late, error, gap, superseded, suspended },
      fps: this.#frameRate.perSecond(now),
      bitsPerSecond: this.#byteRate.perSecond(now) * 8,
      codec: codec === null ? '' : codecName(codec),
      decoder: this.#pipeline.decoderKind,
      bFrames: this.#pipeline.reorderedFrames > 0,
      reorderDelayMs: this.#pipeline.reorderedFrames * (this.#interval.milliseconds ?? 0),
    });
  }

  #updateState() {
    const next = this.#currentState();
    const last = this.#state;
    if (Object.keys(next).every((key) => next[key] === last[key])) return;
    this.#state = next;
    this.#emit('state', next);
  }

  /** @returns {ClientState} */
  #currentState() {
    const now = clockMs();
    const { lastArrivedAt } = this.#numbers;
    const suspended = this.#paused || this.#hidden;
    const resuming = this.#resumedAt !== null && now - this.#resumedAt < GRACE_MS;
    const limitMs = this.#alarm.limitMs(this.#interval.milliseconds);
    const ageMs = lastArrivedAt === null ? null : now - (this.#writtenBy ?? lastArrivedAt);
    let pictureOld = false;
    if (ageMs !== null) {
      // Nobody expects anything new while it is suspended: that is no alarm, and none that has just ended.
      pictureOld = suspended || resuming ? ageMs > limitMs : this.#alarm.check(now, ageMs, limitMs);
    }
    return stateOf({
      connection: this.#connectionState,
      problem: this.#problem,
      paused: this.#paused,
      hidden: this.#hidden,
      resuming,
      shownBefore: lastArrivedAt !== null,
      shownNow: this.#shownArrivedAt !== null,
      ageKnown: this.#writtenBy !== null,
      young: ageMs !== null && ageMs <= limitMs,
      pictureOld,
      connectedForMs: now - this.#connectedAt,
      arrived: this.#arrivedAt !== null,
      arriving: this.#unshownSince !== null && now - this.#unshownSince > SHOWN_WITHIN_MS && now - this.#arrivedAt <= limitMs,
      justArrived: this.#unshownSince !== null && now - this.#unshownSince <= SHOWN_WITHIN_MS,
      errors: this.#pipeline.counts.error - this.#errorsBefore,
      gaps: this.#pipeline.counts.gap - this.#gapsBefore,
      server: this.#serverView(limitMs),
    });
  }

  /** What the server has said since frames stopped coming. @returns {ServerView} */
  #serverView(limitMs) {
    const told = this.#told;
    const since = this.#arrivedAt ?? this.#connectedAt;
    // What comes with joining may be from long ago: then the server knows of nothing since.
    if (told?.newestAt && told.at >= since && told.at - told.newestAt > limitMs) return 'has-none';
    if (told === null || told.askedAt - since < ASK_AFTER_MS) return 'not-asked';
    if (told.answered === false) return 'silent';
    if (told.newestAt === undefined) return 'unreadable';
    const newer = told.newestAt !== null && told.newestAt > (this.#arrivedAt ?? told.at - FLOWING_MS) + SAME_FRAME_MS;
    return newer ? 'has-newer' : 'has-none';
  }
}

/**
 * What can be said of the server while nothing new comes: it was not asked since; it does not answer; what it answers
 * cannot be read (a page from elsewhere, or the browser's connections hang); it has newer frames than came; it has none either.
 * @typedef {'not-asked' | 'silent' | 'unreadable' | 'has-newer' | 'has-none'} ServerView
 *
 * @typedef {object} Facts
 * @property {ConnectionState} connection
 * @property {Problem | null} problem
 * @property {boolean} paused
 * @property {boolean} hidden
 * @property {boolean} resuming  not long ago, and nothing new was shown since
 * @property {boolean} shownBefore  whether there is a picture at all
 * @property {boolean} shownNow  whether it is of this connection
 * @property {boolean} ageKnown
 * @property {boolean} young  it is younger than the limit
 * @property {boolean} pictureOld  the alarm, which ends later
 * @property {number} connectedForMs
 * @property {boolean} arrived  frames have come on this connection
 * @property {boolean} arriving  they still come, and have not been shown for a while
 * @property {boolean} justArrived  one came that may be shown in a moment
 * @property {number} errors  frames not decodable since the last picture
 * @property {number} gaps  frames without their references since the last picture
 * @property {ServerView} server
 */

/** The words for whoever has no own ones. */
const SILENCE_MESSAGES = {
  joining: 'Connected. Waiting for the first picture.',
  'no-frames': 'Connected. No video is coming from the robot.',
  'no-keyframe': 'Connected. Waiting for a keyframe.',
  'not-arriving': 'Connected, but the video does not get here.',
  'no-answer': 'The server does not answer.',
  undecodable: 'Frames come, but this browser cannot decode them.',
  'decoder-slow': 'Frames come, but this browser is too slow to decode them.',
  recovering: 'Pictures come again.',
  unexplained: 'Connected, but nothing new comes.',
};

/** Why no new picture is shown although the connection stands. @param {Facts} facts @returns {Why} */
export function whyNothingNew(facts) {
  if (facts.young && facts.shownNow && facts.ageKnown) return 'recovering';
  if (facts.connectedForMs < GRACE_MS) return 'joining';
  if (facts.justArrived) return facts.shownBefore ? 'recovering' : 'joining';
  if (facts.arriving) {
    if (facts.errors > 0) return 'undecodable';
    return facts.gaps > 0 ? 'no-keyframe' : 'decoder-slow';
  }
  switch (facts.server) {
    case 'silent': return 'no-answer';
    case 'has-none': return 'no-frames';
    // To a newcomer it sends nothing before a keyframe.
    case 'has-newer': return facts.arrived ? 'not-arriving' : 'no-keyframe';
    default: return 'unexplained';
  }
}

/** The state that follows from what is known. @param {Facts} facts @returns {ClientState} */
export function stateOf(facts) {
  const { phase, reason, why, message, httpStatus, retryAt } = facts.connection;
  const because = (state, cause) => ({
    state, reason: cause.reason, why: cause.why, message: cause.message, httpStatus, retryAt, pictureOld: facts.pictureOld,
  });
  if (phase !== 'open') {
    const connection = { reason, why, message };
    if (['idle', 'stopped', 'refused', 'failed'].includes(phase)) return because(phase, connection);
    return because(reason === 'connecting' ? 'connecting' : 'reconnecting', connection);
  }
  if (facts.problem !== null && facts.problem.why !== 'play-blocked') return because('unsupported', facts.problem);
  if (facts.paused) return because('paused', { reason: 'user', why: 'paused', message: 'Paused.' });
  if (facts.hidden) return because('paused', { reason: 'hidden', why: 'hidden', message: 'Paused while the page is not visible.' });
  if (facts.resuming && facts.shownBefore) return because('paused', { reason: 'resuming', why: 'resuming', message: 'Going on.' });
  if (facts.problem !== null) return because('paused', facts.problem);
  if (!facts.shownBefore) {
    const cause = whyNothingNew(facts);
    const reasonBefore = cause === 'no-keyframe' || facts.arriving ? 'no-keyframe' : 'no-video';
    return because('waiting', { reason: reasonBefore, why: cause, message: SILENCE_MESSAGES[cause] });
  }
  if (facts.pictureOld) {
    const cause = whyNothingNew(facts);
    return because('stale', { reason: 'stale', why: cause, message: `The picture is old. ${SILENCE_MESSAGES[cause]}` });
  }
  if (!facts.ageKnown) {
    return because('stale', {
      reason: 'replay', why: 'joining', message: 'Connected. Whether the picture is live is not known yet.',
    });
  }
  return because('live', { reason: 'live', why: 'live', message: 'Live.' });
}

// ---------------------------------------------------------------------------------------------------------------------
// 8  The client

const WORKER_NAME = 'sdr-client';
const WORKER_START_MS = 4000;

const DEFAULTS = Object.freeze({ staleAfterMs: 500, retryFirstMs: 250, retryLimitMs: 1000, worker: true, pauseWhenHidden: true });

/**
 * @typedef {object} ClientOptions
 * @property {HTMLCanvasElement} [canvas]  where to paint; it gets the size of the video, CSS scales it. Without it each
 *     'frame' event carries `picture` (VideoFrame or ImageBitmap), which its receiver has to close.
 * @property {string | URL} [url]  of the stream, ws(s) or http(s); default: stream/ws beside this module
 * @property {string} [token]  the server's access token
 * @property {number} [staleAfterMs]  age from which the picture is called stale, or three frame intervals if that is more; 500
 * @property {number} [retryFirstMs]  first waiting time before reconnecting; 250
 * @property {number} [retryLimitMs]  longest one; 1000
 * @property {boolean} [worker]  false: keep everything on the page's thread
 * @property {boolean} [pauseWhenHidden]  false: go on decoding in a hidden page
 */

/**
 * Events (CustomEvent, see `detail`): 'state' {@link ClientState}; 'statistics' {@link Statistics}, four times a
 * second; 'frame' { frameSeq, frameId, codec, keyframe, width, height, arrivedAt, writtenBy, shownAt, picture? };
 * 'telemetry' {@link Telemetry}; 'error' { why, message } when the state becomes 'failed', and when something breaks that
 * it need not follow from. `writtenBy` is a time after which the frame was not written: when it arrived, or earlier
 * when the server was the one that kept it; null while that is not known.
 */
export class SdrClient extends EventTarget {
  #options;
  #canvas;
  #state = IDLE;
  // What the worker said last, while the watchdog says otherwise.
  #workerState = null;
  #statistics = null;
  #writtenBy = null;
  #session = null;
  #calls = [];
  #started = false;
  #closed = false;
  #placement = '';
  #watchdog = null;
  #unclaimed = null;
  // Counts how often the page was hidden. What the worker showed before it heard of the latest may be told after it.
  #viewing = 0;
  #onVisibility = () => this.#visibilityChanged();
  #onOnline = () => this.#call('retryIfLost');

  /** @param {ClientOptions} [options] */
  constructor(options = {}) {
    super();
    const { canvas = null, ...rest } = options;
    this.#canvas = canvas;
    this.#options = { ...DEFAULTS, ...rest };
    this.#options.url = absoluteUrl(options.url);
  }

  /** @returns {ClientState} */
  get state() {
    return this.#state;
  }

  /** The latest statistics; null before the first. @returns {Statistics | null} */
  get statistics() {
    return this.#statistics;
  }

  /**
   * Milliseconds since the shown picture came from the network, or since the server had it if it kept it for long; null
   * before the first picture. It is at least that old.
   */
  get pictureAgeMs() {
    return this.#writtenBy === null ? null : Math.max(0, clockMs() - this.#writtenBy);
  }

  /** Where the work is done: 'worker', 'page', or '' before it is decided. */
  get placement() {
    return this.#placement;
  }

  /** Connects and stays connected until {@link stop}. Does nothing while it does so already. */
  start() {
    if (this.#closed) throw new Error('this client was closed');
    if (!this.#started) {
      this.#started = true;
      document.addEventListener('visibilitychange', this.#onVisibility);
      addEventListener('online', this.#onOnline);
      this.#boot();
      this.#visibilityChanged();
    }
    this.#call('start');
  }

  /** Disconnects; the last picture stays. {@link start} connects again. */
  stop() {
    this.#call('stop');
  }

  /** Freezes the picture; the connection and telemetry go on. */
  pause() {
    this.#call('setPaused', true);
  }

  /** Goes on with the live picture, not where {@link pause} left off. */
  resume() {
    this.#call('setPaused', false);
  }

  /** Tries again now: after a refusal, or instead of waiting for the next attempt. */
  retry() {
    this.#call('retry');
  }

  /** Uses another access token, at once when not connected. @param {string} token */
  setToken(token) {
    this.#options.token = token;
    this.#call('setToken', token);
  }

  /** Ends everything for good. The canvas may be given to a new client within 3 s; after that its worker is gone. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    document.removeEventListener('visibilitychange', this.#onVisibility);
    removeEventListener('online', this.#onOnline);
    this.#watchdog?.stop();
    this.#session?.close();
    if (canvasOwners.get(this.#canvas) === this) canvasOwners.delete(this.#canvas);
    this.#dropUnclaimed();
    this.#enter({ ...IDLE, state: 'stopped', reason: 'closed', why: 'closed', message: 'Closed.', pictureOld: this.#state.pictureOld });
  }

  #call(method, ...details) {
    if (this.#closed) return;
    if (this.#session === null) this.#calls.push([method, details]);
    else this.#session.call(method, details);
  }

  async #boot() {
    const emit = (type, detail) => this.#received(type, detail);
    try {
      if (this.#canvas !== null) {
        if (canvasOwners.has(this.#canvas)) throw new CanvasInUse('another client that was not closed paints on it');
        canvasOwners.set(this.#canvas, this);
      }
      const worker = this.#options.worker && workerPossible(this.#canvas) ? await workerFor(this.#canvas) : null;
      const fallback = worker === null ? await loadFallback() : null;
      if (this.#closed) {
        worker?.terminate();
        return;
      }
      this.#placement = worker === null ? 'page' : 'worker';
      this.#session = worker === null ? pageSession(this.#options, this.#canvas, fallback, emit)
        : workerSession(worker, this.#options, this.#canvas, emit, (message) => this.#workerBroke(message));
      if (worker !== null) this.#watch();
    } catch (error) {
      this.#fail('canvas-in-use', `The canvas cannot be used: ${error.message}.`);
      return;
    }
    for (const [method, details] of this.#calls.splice(0)) this.#session.call(method, details);
  }

  #watch() {
    this.#watchdog = new Watchdog(() => this.#workerSilent());
    this.#watchdog.start();
  }

  #workerSilent() {
    const { broken } = this.#watchdog;
    if (broken === null) this.#fail('worker-hung', 'The part of the page that shows the video does not respond.');
    else this.#fail('worker-failed', `The part of the page that shows the video has failed: ${broken}`);
  }

  #workerBroke(message) {
    if (this.#watchdog !== null) this.#watchdog.broken = message;
    this.#dispatch('error', { why: 'worker-failed', message });
  }

  #fail(why, message) {
    this.#enter({ ...IDLE, state: 'failed', reason: why, why, message, pictureOld: this.#writtenBy !== null });
  }

  #enter(state) {
    const entered = state.state === 'failed' && this.#state.why !== state.why;
    this.#state = Object.freeze(state);
    this.#dispatch('state', this.#state);
    if (entered) this.#dispatch('error', { why: state.why, message: state.message });
  }

  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #received(type, detail) {
    if (this.#closed) {
      detail.picture?.close();
      return;
    }
    if (this.#watchdog?.heard()) this.#enter(this.#workerState ?? IDLE);
    switch (type) {
      case 'alive':
        break;
      case 'age':
        this.#writtenBy = detail.writtenBy;
        break;
      case 'state':
        this.#workerState = detail;
        this.#enter(detail);
        break;
      case 'statistics':
        this.#statistics = Object.freeze(detail);
        this.#dispatch('statistics', this.#statistics);
        break;
      case 'telemetry':
        this.#dispatch('telemetry', new Telemetry(detail));
        break;
      case 'frame':
        this.#showed(detail);
        break;
      default:
        this.#dispatch(type, detail);
    }
  }

  #showed({ viewing, picture, ...frame }) {
    this.#writtenBy = frame.writtenBy ?? frame.arrivedAt;
    if (this.#canvas !== null && viewing === this.#viewing) this.#canvas.style.visibility = '';
    if (picture !== undefined) {
      this.#session?.call('pictureReceived', []);
      this.#dropUnclaimed();
      this.#unclaimed = picture;
      // Whoever looks at it has to close it; what nobody looks at before the next one comes is closed here.
      const claim = () => {
        if (this.#unclaimed === picture) this.#unclaimed = null;
        return picture;
      };
      Object.defineProperty(frame, 'picture', { get: claim, enumerable: true });
    }
    this.#dispatch('frame', frame);
  }

  #dropUnclaimed() {
    this.#unclaimed?.close();
    this.#unclaimed = null;
  }

  #visibilityChanged() {
    if (!this.#options.pauseWhenHidden) return;
    const hidden = document.visibilityState === 'hidden';
    if (hidden) this.#viewing++;
    // Whoever comes back must not see the picture of then for a moment and take it for now.
    if (hidden && this.#canvas !== null && this.#state.reason !== 'user') this.#canvas.style.visibility = 'hidden';
    this.#call('setHidden', hidden, this.#viewing);
  }
}

/** One telemetry message. The payload is opaque; the methods are for the usual kinds. */
export class Telemetry {
  constructor({ subject, payload, arrivedAt }) {
    /** @type {string} */
    this.subject = subject;
    /** @type {Uint8Array} */
    this.payload = payload;
    /** @type {number} */
    this.arrivedAt = arrivedAt;
  }

  /** @returns {string | null} null when the payload is not UTF-8 */
  text() {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(this.payload);
    } catch {
      return null;
    }
  }

  /** @returns {unknown} undefined when the payload is not JSON */
  json() {
    try {
      return JSON.parse(this.text() ?? '');
    } catch {
      return undefined;
    }
  }
}

function absoluteUrl(url) {
  const base = globalThis.document?.baseURI ?? import.meta.url;
  return (url === undefined ? new URL('stream/ws', import.meta.url) : new URL(url, base)).href;
}

function workerPossible(canvas) {
  return typeof Worker !== 'undefined' && typeof VideoDecoder !== 'undefined'
    && (canvas === null || (typeof OffscreenCanvas !== 'undefined' && 'transferControlToOffscreen' in canvas));
}

/** @returns {Promise<Worker | null>} null when the browser does not let it run, e.g. on a page of another origin */
function startWorker() {
  return new Promise((resolve) => {
    let worker;
    try {
      worker = new Worker(import.meta.url, { type: 'module', name: WORKER_NAME });
    } catch {
      resolve(null);
      return;
    }
    const settle = (result) => {
      clearTimeout(timer);
      worker.onmessage = worker.onerror = null;
      if (result === null) worker.terminate();
      resolve(result);
    };
    const timer = setTimeout(() => settle(null), WORKER_START_MS);
    worker.onmessage = (event) => settle(event.data.able ? worker : null);
    worker.onerror = () => settle(null);
  });
}

/** @returns {Promise<(new (hooks: DecoderHooks) => object) | null>} null where it is not needed or cannot work */
async function loadFallback() {
  if (typeof VideoDecoder !== 'undefined') return null;
  try {
    const { MseDecoder } = await import('./sdr-mse.js');
    return MseDecoder.available ? MseDecoder : null;
  } catch {
    return null;
  }
}

/** Which client paints on a canvas. @type {WeakMap<HTMLCanvasElement, SdrClient>} */
const canvasOwners = new WeakMap();

/**
 * A canvas goes to a worker once and for ever. So the worker of a closed client waits for a moment for the next client of
 * its canvas (frameworks take components down only to put them up again). @type {WeakMap<HTMLCanvasElement, object>}
 */
const parkedWorkers = new WeakMap();
const PARKED_MS = 3000;

class CanvasInUse extends Error {}

function park(worker, canvas) {
  worker.onmessage = worker.onerror = worker.onmessageerror = null;
  worker.postMessage({ close: true });
  const timer = setTimeout(() => {
    parkedWorkers.set(canvas, null);
    worker.terminate();
  }, PARKED_MS);
  parkedWorkers.set(canvas, { worker, timer });
}

/** @returns {Promise<Worker | null>} null: no worker can be had, and the canvas is free */
async function workerFor(canvas) {
  const parked = canvas === null ? undefined : parkedWorkers.get(canvas);
  if (parked === null) throw new CanvasInUse('its client was closed; a new client needs a new canvas element');
  if (parked === undefined) return startWorker();
  clearTimeout(parked.timer);
  return parked.worker;
}

function pageSession(options, canvas, fallback, emit) {
  const session = new Session(options, canvas, fallback, emit);
  return { call: (method, details) => session[method](...details), close: () => session.stop() };
}

let generations = 0;

function workerSession(worker, options, canvas, emit, broke) {
  const inherited = canvas !== null && parkedWorkers.has(canvas);
  let surface = null;
  try {
    if (canvas !== null && !inherited) surface = canvas.transferControlToOffscreen();
  } catch (error) {
    worker.terminate();
    throw error;
  }
  // What the worker said for the canvas's client before may still be on its way.
  const generation = ++generations;
  worker.onmessage = ({ data }) => {
    if (data.generation === generation) emit(data.type, data.detail);
    else data.detail?.picture?.close();
  };
  worker.onerror = (event) => broke(event.message || 'an error without a message');
  worker.onmessageerror = () => broke('a message from it could not be read');
  worker.postMessage({ open: { options, surface, generation } }, surface === null ? [] : [surface]);
  return {
    call: (method, details) => worker.postMessage({ call: method, details }),
    close: () => (canvas === null ? worker.terminate() : park(worker, canvas)),
  };
}

const WATCH_MS = 1000;
const SILENT_LOOKS = 5;

/**
 * Tells when the worker says nothing any more. Counted in looks, of which a page that was frozen or asleep makes none: a
 * look that comes late says nothing about the worker.
 */
export class Watchdog {
  #bark;
  #clock;
  #timer = null;
  #looks = 0;
  #lookedAt = 0;
  #barked = false;
  /** What went wrong in the worker last. @type {string | null} */
  broken = null;

  /** @param {() => void} bark @param {() => number} clock  milliseconds */
  constructor(bark, clock = clockMs) {
    this.#bark = bark;
    this.#clock = clock;
  }

  start() {
    this.#lookedAt = this.#clock();
    this.#timer = setInterval(() => this.look(), WATCH_MS);
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** The worker said something. @returns {boolean} whether that was not to be expected any more */
  heard() {
    const back = this.#barked;
    this.#looks = 0;
    this.#barked = false;
    if (back) this.broken = null;
    return back;
  }

  look() {
    const now = this.#clock();
    const late = now - this.#lookedAt > 2 * WATCH_MS;
    this.#lookedAt = now;
    this.#looks = late ? 0 : this.#looks + 1;
    if (this.#looks < SILENT_LOOKS || this.#barked) return;
    this.#barked = true;
    this.#bark();
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// 9  The worker's side: the same module, started by startWorker()

const ALIVE_MS = 1000;

function serveFromWorker(scope) {
  let session = null;
  let surface = null;
  let generation = 0;
  scope.onmessage = (event) => {
    const { open, close, call, details } = event.data;
    if (open) {
      surface = open.surface ?? surface;
      generation = open.generation;
      session = new Session(open.options, surface, null,
        (type, detail, transfer = []) => scope.postMessage({ type, detail, generation: open.generation }, transfer));
    } else if (close) {
      session?.stop();
      session = null;
    } else {
      session?.[call](...details);
    }
  };
  setInterval(() => { if (session !== null) scope.postMessage({ type: 'alive', detail: {}, generation }); }, ALIVE_MS);
  scope.postMessage({ able: typeof VideoDecoder !== 'undefined' && typeof requestAnimationFrame !== 'undefined' });
}

if (typeof WorkerGlobalScope !== 'undefined' && globalThis instanceof WorkerGlobalScope && globalThis.name === WORKER_NAME) {
  serveFromWorker(globalThis);
}
