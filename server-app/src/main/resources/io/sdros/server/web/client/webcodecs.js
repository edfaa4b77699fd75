/** H.264 and HEVC through WebCodecs. */

import { handOver } from './display.js';
import { MAX_WAITING_FRAMES } from './flow.js';
import { clockMs } from './freshness.js';
import { ERRORS_BEFORE_PROBLEM, PLAIN_H264, unsupportedCodec } from './problems.js';
import { codecName } from './protocol.js';

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

/** Access units go in as Annex B. One of the decoders of decoders.js. */
export class WebCodecsDecoder {
  kind = 'webcodecs';
  #codec;
  #hooks;
  /** @type {Format | null} */
  #format = null;
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
  }

  /** Whether nothing goes in before the next keyframe. */
  get needsKeyframe() {
    return this.#needsKeyframe;
  }

  /** @param {Unit} unit @param {boolean} catchingUp  a burst of old frames is to be expected */
  feed(unit, catchingUp) {
    const { keyframe } = unit.message;
    if (keyframe) this.#dropWaiting('late');
    else if (this.#tooMuchWaiting(unit, catchingUp)) this.#skipToKeyframe('late');
    if (this.#needsKeyframe && !keyframe) {
      this.#hooks.dropped(1, this.#skipReason);
      return;
    }
    this.#needsKeyframe = false;
    this.#waiting.push(unit);
    this.#waitingBytes += unit.data.length;
    if (this.#silentTooLong(unit.arrivedAt)) this.#recover(null);
    this.#pump();
  }

  /** How many frames wait or are in the browser's decoder. */
  get inside() {
    return this.#waiting.length + this.#inDecoder.size;
  }

  /** @returns {number} how many frames were inside */
  close() {
    const { inside } = this;
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
    return this.#inDecoder.size > (PLAIN_PROFILES.includes(this.#format?.profile) ? 0 : HELD_IN_ORDER);
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
      if (unit.message.keyframe && !this.#madeFor(unit.format)) {
        this.#prepare(unit.format);
        return;
      }
      this.#waiting.shift();
      this.#waitingBytes -= unit.data.length;
      this.#submit(unit);
    }
  }

  /** Whether the decoder, or one configured like the last, does for it. @param {Format | null} format */
  #madeFor(format) {
    return this.#supported && (format === null || format.shape === this.#format.shape);
  }

  /** Asks the browser about the stream and configures the decoder; meanwhile frames wait. */
  async #prepare(format) {
    if (format === null) {
      this.#skipToKeyframe('error');
      return;
    }
    const { description } = format;
    this.#checking = true;
    const config = this.#config(description);
    const supported = await decodes(config);
    this.#checking = false;
    if (this.#closed) return;
    this.#supported = supported;
    this.#format = format;
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

  #submit(unit) {
    try {
      if (this.#decoder === null) this.#configure(this.#config(this.#format.description));
      const timestamp = unit.index * 1000;
      this.#inDecoder.sent(timestamp, unit, clockMs());
      const type = unit.message.keyframe ? 'key' : 'delta';
      this.#decoder.decode(new EncodedVideoChunk({ type, timestamp, data: unit.data }));
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
