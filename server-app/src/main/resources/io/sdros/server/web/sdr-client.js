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
    if (this.#last !== null && frameSeq > this.#last + 1n) this.missed += Number(frameSeq - this.#last - 1n);
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
 * @property {(frames: number, reason: 'late' | 'error') => void} dropped
 * @property {(problem: Problem | null) => void} problem  null: it works (again)
 * @property {(description: StreamDescription) => void} described
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
const ERRORS_BEFORE_SOFTWARE = 2;
const ERRORS_BEFORE_PROBLEM = 5;

const CODEC_NAMES = { [Codec.H264]: 'H.264', [Codec.HEVC]: 'HEVC', [Codec.JPEG]: 'JPEG' };

/** @returns {string} the name people use for a codec number */
export function codecName(codec) {
  return CODEC_NAMES[codec] ?? `codec ${codec}`;
}

/** An H.264 that every decoder of H.264 decodes. */
const PLAIN_H264 = 'avc1.42E01E';

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
  #skipReason = 'late';
  #waiting = [];
  #waitingBytes = 0;
  #inDecoder = new Map();
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

  close() {
    this.#closed = true;
    this.#waiting = [];
    this.#discardDecoder();
  }

  #tooMuchWaiting(unit, catchingUp) {
    const oldest = this.#waiting[0];
    if (oldest === undefined) return false;
    return this.#waiting.length >= MAX_WAITING_FRAMES || this.#waitingBytes >= MAX_WAITING_BYTES
      || (!catchingUp && unit.arrivedAt - oldest.arrivedAt > MAX_WAITING_MS);
  }

  #silentTooLong(nowMs) {
    const [oldest] = this.#inDecoder.values();
    return oldest !== undefined && nowMs - oldest.submittedAt > DECODER_SILENCE_MS;
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
      this.#inDecoder.set(timestamp, { unit, submittedAt: clockMs() });
      const type = unit.message.keyframe ? 'key' : 'delta';
      this.#decoder.decode(new EncodedVideoChunk({ type, timestamp, data }));
    } catch (error) {
      this.#recover(error);
    }
  }

  #output(decoder, picture) {
    const entry = this.#inDecoder.get(picture.timestamp);
    if (decoder !== this.#decoder || entry === undefined) {
      picture.close();
      return;
    }
    for (const timestamp of this.#inDecoder.keys()) {
      if (timestamp > picture.timestamp) break;
      this.#inDecoder.delete(timestamp);
    }
    this.#errors = 0;
    this.#hooks.problem(null);
    this.#hooks.decoded(picture, entry.unit);
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

  close() {
    this.#closed = true;
    this.#next = null;
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
      this.#hooks.problem(null);
      this.#hooks.described({ codecString: 'jpeg', width: picture.width, height: picture.height });
      this.#hooks.decoded(picture, unit);
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

  close() {}
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
 * last is shown: this holds back decoded pictures until no newer frame has come for a moment.
 */
class CatchUp {
  #show;
  #held = null;
  #beganAt = 0;
  #timer = null;
  active = false;

  constructor(show) {
    this.#show = show;
  }

  begin(nowMs) {
    this.cancel();
    this.active = true;
    this.#beganAt = nowMs;
  }

  cancel() {
    clearTimeout(this.#timer);
    this.#held?.picture.close();
    this.#held = null;
    this.active = false;
  }

  /** A newer frame came. */
  arrived() {
    if (this.#held !== null) this.#wait();
  }

  decoded(picture, unit) {
    this.#held?.picture.close();
    this.#held = { picture, unit };
    if (unit.arrivedAt - this.#beganAt > MAX_CATCH_UP_MS) this.#end();
    else this.#wait();
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(), QUIET_MS);
  }

  #end() {
    clearTimeout(this.#timer);
    const held = this.#held;
    this.#held = null;
    this.active = false;
    if (held !== null) this.#show(held.picture, held.unit);
  }
}

/** Paints the newest picture once per screen refresh. */
class Painter {
  #canvas;
  #context;
  #painted;
  #superseded;
  #next = null;
  #requested = false;

  constructor(canvas, painted, superseded) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d', { alpha: false });
    this.#painted = painted;
    this.#superseded = superseded;
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

  clear() {
    this.#next?.picture.close();
    this.#next = null;
  }

  #paint() {
    this.#requested = false;
    const next = this.#next;
    this.#next = null;
    if (next === null) return;
    const { picture, unit } = next;
    const width = picture.displayWidth ?? picture.width;
    const height = picture.displayHeight ?? picture.height;
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    this.#context.drawImage(picture, 0, 0, width, height);
    picture.close();
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
  #index = 0;
  #shownIndex = -1;
  counts = { decoded: 0, painted: 0, delivered: 0, late: 0, error: 0, gap: 0, superseded: 0, suspended: 0 };

  /**
   * @param {HTMLCanvasElement | OffscreenCanvas | null} canvas  null: pictures are handed to hooks.picture
   * @param {object} hooks  painted(unit, width, height), picture(picture, unit), problem(problem), described(description)
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
  restart(nowMs) {
    this.#gate.reset();
    this.#kept.take();
    this.#discardDecoder();
    this.#catchUp.begin(nowMs);
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
    this.#discardDecoder();
  }

  resume(nowMs) {
    if (!this.#suspended) return;
    this.#suspended = false;
    this.#catchUp.begin(nowMs);
    // Without a keyframe at hand the decoder, new as it is, waits for one by itself.
    for (const unit of this.#kept.take()) this.#feed(unit);
  }

  close() {
    this.#discardDecoder();
    this.#kept.take();
  }

  #feed(unit) {
    if (unit.message.codec !== this.#codec || this.#decoder === null) {
      this.#discardDecoder();
      this.#codec = unit.message.codec;
      this.#decoder = this.#newDecoder(this.#codec);
    }
    this.#catchUp.arrived();
    this.#decoder.feed(unit, this.#catchUp.active);
  }

  #newDecoder(codec) {
    let current = null;
    const ifCurrent = (action) => (...details) => { if (current === null || current === this.#decoder) action(...details); };
    current = decoderFor(codec, {
      decoded: (picture, unit) => this.#decoded(picture, unit),
      dropped: ifCurrent((frames, reason) => {
        // While catching up, frames before a newer keyframe are not late: nobody was to see them.
        this.counts[reason === 'late' && this.#catchUp.active ? 'superseded' : reason] += frames;
      }),
      problem: ifCurrent((problem) => this.#hooks.problem(problem)),
      described: ifCurrent((description) => this.#hooks.described(description)),
    }, this.#fallback);
    return current;
  }

  #decoded(picture, unit) {
    this.counts.decoded++;
    if (this.#suspended) picture.close();
    else if (this.#catchUp.active) this.#catchUp.decoded(picture, unit);
    else this.#show(picture, unit);
  }

  #show(picture, unit) {
    // A picture of a decoder that was replaced meanwhile may come late.
    if (unit.index <= this.#shownIndex) {
      picture.close();
      return;
    }
    this.#shownIndex = unit.index;
    if (this.#canvas === null) {
      this.counts.delivered++;
      this.#hooks.picture(picture, unit);
      return;
    }
    this.#painter ??= new Painter(this.#canvas,
      (shown, width, height) => { this.counts.painted++; this.#hooks.painted(shown, width, height); },
      () => { this.counts.superseded++; });
    this.#painter.show(picture, unit);
  }

  #discardDecoder() {
    this.#catchUp.cancel();
    this.#painter?.clear();
    this.#decoder?.close();
    this.#decoder = null;
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// 6  Connection

const OPEN_TIMEOUT_MS = 8000;
const PROBE_TIMEOUT_MS = 4000;
const SILENCE_MS = 3000;
const ORIGIN_RETRY_MS = 30000;
const MAX_RETRY_AFTER_MS = 60000;
const CLOSE_GOING_AWAY = 1001;
const CLOSE_NO_KEYFRAME = 4408;

/**
 * @typedef {object} ConnectionState
 * @property {'connecting' | 'open' | 'retrying' | 'refused' | 'failed' | 'stopped'} phase
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

/** Keeps one WebSocket open: reconnects, explains refusals, and notices a link that went away without a word. */
class Connection {
  #streamUrl;
  #healthUrl;
  #token;
  #hooks;
  #backoff;
  #socket = null;
  #attempt = 0;
  #timer = null;
  #watch = null;
  #heardAt = 0;
  #linkWasDown = false;
  #healthAnswers = false;

  /** @param {object} hooks  changed(ConnectionState), message(ArrayBuffer, arrivedAt) */
  constructor(options, hooks) {
    this.#streamUrl = new URL(options.url);
    this.#healthUrl = new URL('../health', this.#streamUrl);
    for (const url of [this.#streamUrl, this.#healthUrl]) url.protocol = url.protocol.replace(/^ws/, 'http');
    this.#token = options.token ?? '';
    this.#hooks = hooks;
    this.#backoff = new Backoff(options.retryFirstMs, options.retryLimitMs);
  }

  start() {
    this.#backoff.reset();
    this.#open({ reason: 'connecting', why: 'connecting', message: 'Connecting to the robot.' });
  }

  /** Now rather than when the time has come. Does nothing while connected. */
  retryNow() {
    if (this.#socket === null) this.start();
  }

  setToken(token) {
    this.#token = token;
    if (this.#socket === null) this.start();
  }

  stop() {
    this.#abandon();
    this.#change('stopped', { reason: 'stopped', why: 'stopped', message: 'Stopped.' });
  }

  /**
   * @returns {Promise<{ answered: boolean, health: object | null }>} whether the server answers, and what it says of
   *     itself; null where that cannot be read
   */
  async health() {
    const readable = this.#healthUrl.origin === globalThis.location?.origin;
    try {
      const answer = await this.#askHealth(readable ? 'same-origin' : 'no-cors');
      this.#healthAnswers = present(answer);
      return { answered: this.#healthAnswers, health: readable && answer.ok ? await answer.json() : null };
    } catch {
      return { answered: false, health: null };
    }
  }

  #askHealth(mode) {
    return fetch(this.#healthUrl, { mode, cache: 'no-store', signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
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

  /** @param {Cause} cause  of this attempt */
  #open(cause) {
    this.#abandon();
    const socket = new WebSocket(this.#address('ws'));
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    let opened = false;
    this.#change('connecting', cause);
    this.#timer = setTimeout(() => socket.close(), OPEN_TIMEOUT_MS);
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      opened = true;
      clearTimeout(this.#timer);
      this.#opened(socket);
    };
    socket.onmessage = (event) => {
      if (socket !== this.#socket) return;
      const now = clockMs();
      this.#heardAt = now;
      this.#linkWasDown = false;
      // Only a connection that brings something ends a row of failures.
      this.#backoff.reset();
      if (event.data instanceof ArrayBuffer) this.#hooks.message(event.data, now);
    };
    socket.onclose = (event) => {
      if (socket !== this.#socket) return;
      this.#abandon();
      if (opened) this.#lost(event);
      else this.#explain();
    };
  }

  #opened(socket) {
    this.#heardAt = clockMs();
    this.#linkWasDown = false;
    this.#watch = setInterval(() => this.#watchSilence(socket), SILENCE_MS);
    this.#change('open', { reason: 'open', why: 'joining', message: 'Connected.' });
  }

  #abandon() {
    clearTimeout(this.#timer);
    clearInterval(this.#watch);
    this.#attempt++;
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null && socket.readyState <= WebSocket.OPEN) socket.close();
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
    try {
      // With the origin as referrer: to its own server a browser says no Origin, which would leave a wrong one unexplained.
      answer = await fetch(this.#address('http'), { cache: 'no-store', referrerPolicy: 'origin', signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
      body = (await answer.text()).slice(0, 1000);
    } catch {
      // No answer, or one that a foreign page may not read.
    }
    if (attempt !== this.#attempt) return;
    if (answer === null) {
      this.#retry(UNREACHABLE);
      return;
    }
    const { status } = answer;
    const cause = causeOfAnswer({ status, body, origin: globalThis.location?.origin ?? 'unknown', token: this.#token !== '' });
    if (!cause.refused) this.#retry(cause, status);
    else if (status === 401) this.#change('refused', cause, { httpStatus: status });
    else this.#retryIn(status === 503 ? retryAfterMs(answer) : ORIGIN_RETRY_MS, 'refused', cause, status);
  }

  #retry(cause, httpStatus = null) {
    this.#retryIn(this.#backoff.next(), 'retrying', cause, httpStatus);
  }

  /**
   * Browsers make a page wait for its WebSocket, by seconds, when many have failed before. So while the server is away
   * it is not WebSockets that are tried, unless nothing else ever came through.
   */
  async #reopen(cause) {
    const attempt = this.#attempt;
    const reachable = !this.#healthAnswers || await this.#askHealth('no-cors').then(present, () => false);
    if (attempt !== this.#attempt) return;
    if (reachable) this.#open(cause);
    else this.#retry(UNREACHABLE);
  }

  #retryIn(delayMs, phase, cause, httpStatus) {
    this.#timer = setTimeout(() => this.#reopen(cause), delayMs);
    this.#change(phase, cause, { httpStatus, retryAt: clockMs() + delayMs });
  }

  /**
   * A link that breaks says nothing: the server gives up, its farewell never arrives, and a socket that only receives
   * waits for ever. So in silence something is sent (the server ignores it; a dead connection is answered with a
   * reset), and when the server could not be reached for a while and then can, the connection is made anew.
   */
  async #watchSilence(socket) {
    if (clockMs() - this.#heardAt < SILENCE_MS) return;
    socket.send(new Uint8Array(0));
    let reachable = true;
    try {
      await fetch(this.#healthUrl, { mode: 'no-cors', cache: 'no-store', signal: AbortSignal.timeout(SILENCE_MS - 200) });
    } catch {
      reachable = false;
    }
    if (socket !== this.#socket) return;
    if (reachable && this.#linkWasDown) {
      this.#abandon();
      this.#retry({ reason: 'lost', why: 'lost', message: 'The connection was lost.' });
    }
    this.#linkWasDown = !reachable;
  }
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
const STATISTICS_MS = 250;
/** While nothing comes the server is asked this often whether it gets frames. */
const ASK_AGAIN_MS = 3000;
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
 */

class Session {
  #options;
  #emit;
  #connection;
  #pipeline;
  #connectionState = { phase: 'stopped', reason: 'idle', why: 'idle', message: '', httpStatus: null, retryAt: null };
  #state = null;
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
      picture: (picture, unit) => this.#shown(unit, picture.displayWidth ?? picture.width,
        picture.displayHeight ?? picture.height, picture),
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
      this.#pipeline.resume(clockMs());
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
      this.#pipeline.restart(clockMs());
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
    return this.#serverView(limitMs) === 'not-asked' || now - this.#askedAt >= ASK_AGAIN_MS;
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
    });
  }

  #updateState() {
    const next = this.#currentState();
    const last = this.#state;
    if (last !== null && Object.keys(next).every((key) => next[key] === last[key])) return;
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
    if (!told.answered) return 'silent';
    if (told.newestAt === undefined) return 'unreadable';
    const newer = told.newestAt !== null && told.newestAt > (this.#arrivedAt ?? told.at - FLOWING_MS) + SAME_FRAME_MS;
    return newer ? 'has-newer' : 'has-none';
  }
}

/**
 * What can be said of the server while nothing new comes: it was not asked since; it does not answer; what it answers
 * cannot be read (a page from elsewhere); it has newer frames than came; it has none either.
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
    return facts.gaps > 0 || !facts.shownNow ? 'no-keyframe' : 'decoder-slow';
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
    if (phase === 'stopped' || phase === 'refused' || phase === 'failed') return because(phase, connection);
    return because(reason === 'connecting' ? 'connecting' : 'reconnecting', connection);
  }
  if (facts.problem !== null) return because('unsupported', facts.problem);
  if (facts.paused) return because('paused', { reason: 'user', why: 'paused', message: 'Paused.' });
  if (facts.hidden) return because('paused', { reason: 'hidden', why: 'hidden', message: 'Paused while the page is not visible.' });
  if (facts.resuming && facts.shownBefore) return because('paused', { reason: 'resuming', why: 'resuming', message: 'Going on.' });
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
 * @property {number} [staleAfterMs]  age from which the picture is called stale; 500
 * @property {number} [retryFirstMs]  first waiting time before reconnecting; 250
 * @property {number} [retryLimitMs]  longest one; 1000
 * @property {boolean} [worker]  false: keep everything on the page's thread
 * @property {boolean} [pauseWhenHidden]  false: go on decoding in a hidden page
 */

/**
 * Events (CustomEvent, see `detail`): 'state' {@link ClientState}; 'statistics' {@link Statistics}, four times a
 * second; 'frame' { frameSeq, frameId, codec, keyframe, width, height, arrivedAt, writtenBy, shownAt, picture? };
 * 'telemetry' {@link Telemetry}. `writtenBy` is a time after which the frame was not written: when it arrived, or earlier
 * when the server was the one that kept it; null while that is not known.
 */
export class SdrClient extends EventTarget {
  #options;
  #canvas;
  #state = Object.freeze({
    state: 'idle', reason: 'idle', why: 'idle', message: '', httpStatus: null, retryAt: null, pictureOld: false,
  });
  #statistics = null;
  #writtenBy = null;
  #session = null;
  #calls = [];
  #started = false;
  #closed = false;
  #placement = '';
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

  /** Connects and stays connected until {@link stop}. */
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

  /** Ends everything for good. A canvas that was handed to the worker cannot be used by another client. */
  close() {
    this.#call('stop');
    this.#closed = true;
    document.removeEventListener('visibilitychange', this.#onVisibility);
    removeEventListener('online', this.#onOnline);
    this.#session?.close();
  }

  #call(method, ...details) {
    if (this.#session === null) this.#calls.push([method, details]);
    else if (!this.#closed) this.#session.call(method, details);
  }

  async #boot() {
    const emit = (type, detail) => this.#received(type, detail);
    const worker = this.#options.worker && workerPossible(this.#canvas) ? await startWorker() : null;
    this.#placement = worker === null ? 'page' : 'worker';
    this.#session = worker === null
      ? pageSession(this.#options, this.#canvas, await loadFallback(), emit)
      : workerSession(worker, this.#options, this.#canvas, emit);
    for (const [method, details] of this.#calls.splice(0)) this.#session.call(method, details);
    if (this.#closed) this.#session.close();
  }

  #received(type, detail) {
    if (this.#closed && type !== 'state') {
      detail.picture?.close();
      return;
    }
    let shown = detail;
    if (type === 'state') this.#state = shown = Object.freeze(detail);
    if (type === 'statistics') this.#statistics = shown = Object.freeze(detail);
    if (type === 'telemetry') shown = new Telemetry(detail);
    if (type === 'age') {
      this.#writtenBy = detail.writtenBy;
      return;
    }
    if (type === 'frame') {
      const { viewing, ...frame } = detail;
      shown = frame;
      this.#writtenBy = frame.writtenBy ?? frame.arrivedAt;
      if (this.#canvas !== null && viewing === this.#viewing) this.#canvas.style.visibility = '';
    }
    this.dispatchEvent(new CustomEvent(type, { detail: shown }));
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

function pageSession(options, canvas, fallback, emit) {
  const session = new Session(options, canvas, fallback, emit);
  return { call: (method, details) => session[method](...details), close: () => session.stop() };
}

function workerSession(worker, options, canvas, emit) {
  const surface = canvas === null ? null : canvas.transferControlToOffscreen();
  worker.onmessage = (event) => emit(event.data.type, event.data.detail);
  worker.postMessage({ open: { options, surface } }, surface === null ? [] : [surface]);
  return { call: (method, details) => worker.postMessage({ call: method, details }), close: () => worker.terminate() };
}

// ---------------------------------------------------------------------------------------------------------------------
// 9  The worker's side: the same module, started by startWorker()

function serveFromWorker(scope) {
  let session = null;
  scope.onmessage = (event) => {
    const { open, call, details } = event.data;
    if (open) {
      session = new Session(open.options, open.surface, null,
        (type, detail, transfer = []) => scope.postMessage({ type, detail }, transfer));
    } else {
      session[call](...details);
    }
  };
  scope.postMessage({ able: typeof VideoDecoder !== 'undefined' && typeof requestAnimationFrame !== 'undefined' });
}

if (typeof WorkerGlobalScope !== 'undefined' && globalThis instanceof WorkerGlobalScope && globalThis.name === WORKER_NAME) {
  serveFromWorker(globalThis);
}
