/** In which order pictures of H.264 are shown, and when: with B-frames that is not the order in which they come. */

import { H264 } from './bitstream.js';
import { BitReader, rawBytes } from './sequence-sets.js';

/** No picture is decoded before more others that are shown earlier (Rec. ITU-T H.264, A.3.1). */
const MOST_REORDERED = 16;
/** Of a frame: it is two fields. A few encoders count frames. */
const USUAL_STEP = 2;
/** More than lies in front of what is wanted of a slice. */
const SLICE_HEAD_BYTES = 32;

const kindOf = (nal) => nal[0] & 31;
const referredTo = (nal) => (nal[0] & 0x60) !== 0;

/**
 * Picture order counts (8.2.1), of whole frames, and of the first field where a picture is two. One that resets the count
 * without being an IDR picture (memory management operation 5) is not noticed.
 */
export class PictureOrder {
  #sequence;
  #high = 0;
  #low = 0;
  #frameNumber = 0;
  #frameNumberOffset = 0;

  /** @param {PictureOrderSyntax | null} sequence  null: not known */
  constructor(sequence) {
    this.#sequence = sequence;
  }

  /**
   * @param {Uint8Array} nal  the picture's first slice
   * @returns {number | null} null: as the pictures come, or not known
   */
  of(nal) {
    const sequence = this.#sequence;
    if (sequence === null || sequence.type > 1) return null;
    const idr = kindOf(nal) === H264.IDR;
    const reader = new BitReader(rawBytes(nal.subarray(0, SLICE_HEAD_BYTES)), 1);
    for (let i = 0; i < 3; i++) reader.unsigned();
    if (sequence.separatePlanes) reader.bits(2);
    const frameNumber = reader.bits(sequence.frameNumberBits);
    if (!sequence.framesOnly && reader.bits(1)) reader.bits(1);
    if (idr) reader.unsigned();
    const order = sequence.type === 0 ? this.#byLowBits(nal, idr, reader.bits(sequence.lowBits))
      : this.#byFrameNumber(nal, idr, frameNumber, sequence.differences ? reader.signed() : 0);
    return reader.overrun ? null : order;
  }

  #byLowBits(nal, idr, low) {
    const range = 2 ** this.#sequence.lowBits;
    if (idr) this.#high = this.#low = 0;
    let high = this.#high;
    if (low < this.#low && this.#low - low >= range / 2) high += range;
    else if (low > this.#low && low - this.#low > range / 2) high -= range;
    if (referredTo(nal)) {
      this.#high = high;
      this.#low = low;
    }
    return high + low;
  }

  #byFrameNumber(nal, idr, frameNumber, difference) {
    const { frameNumberBits, cycle, unreferred } = this.#sequence;
    if (idr) this.#frameNumberOffset = 0;
    else if (frameNumber < this.#frameNumber) this.#frameNumberOffset += 2 ** frameNumberBits;
    this.#frameNumber = frameNumber;
    let references = cycle.length === 0 ? 0 : this.#frameNumberOffset + frameNumber;
    if (!referredTo(nal) && references > 0) references--;
    const sum = (offsets) => offsets.reduce((all, offset) => all + offset, 0);
    const whole = Math.floor(references / Math.max(1, cycle.length));
    const expected = whole * sum(cycle) + sum(cycle.slice(0, references % Math.max(1, cycle.length)));
    return expected + (referredTo(nal) ? 0 : unreferred) + difference;
  }
}

/**
 * When pictures are shown, in microseconds of a track in which they are decoded one after the other. Who comes in order is
 * shown when it is decoded. Once one has come out of order, all are shown later by as much as the last of them needs;
 * how much that is, and how far apart pictures are, is learnt. Their order is right from the beginning.
 */
export class PresentationTimes {
  /** In the order in which they are shown. @type {{ order: number, micros: number, place: number, depth: number | null }[]} */
  #recent = [];
  #place = 0;
  #step = USUAL_STEP;
  #reordered = false;
  /** By how many frames each picture is shown later. */
  #depth = 0;

  /** Another encoder begins. */
  begin() {
    this.#step = USUAL_STEP;
    this.#reordered = false;
    this.#depth = 0;
  }

  /**
   * @param {{ order: number | null, first: boolean, startMicros: number, frameMicros: number }} picture  order: null if it is
   *     shown after all that came before; first: counting begins with it
   * @returns {{ micros: number, overtook: number }} when it is shown; by how many frames one came before it that is shown
   *     after it
   */
  next({ order, first, startMicros, frameMicros }) {
    if (first || this.#recent.length === MOST_REORDERED + 1 && order !== null && order < this.#recent[0].order) {
      // What was counted before is shown before.
      this.#recent = this.#recent.slice(-1).map((last) => ({ ...last, order: -Infinity }));
    }
    const newest = this.#recent.at(-1);
    const place = this.#place++;
    const count = order ?? (newest === undefined || newest.order === -Infinity ? 0 : newest.order + this.#step);
    const at = this.#recent.findIndex((other) => other.order > count);
    const picture = at < 0 ? this.#afterAll(newest, count, startMicros, frameMicros) : this.#between(at, count);
    this.#recent.splice(at < 0 ? this.#recent.length : at, 0, { order: count, place, ...picture });
    const overtook = at < 0 ? 0 : place - Math.min(...this.#recent.slice(at + 1).map((other) => other.place));
    if (at >= 0) this.#learn(at, startMicros, frameMicros);
    if (this.#recent.length > MOST_REORDERED + 1) this.#recent.shift();
    return { micros: Math.round(picture.micros), overtook };
  }

  /** There has to be room before it for those that are shown earlier and come later. */
  #afterAll(newest, order, startMicros, frameMicros) {
    let between = 0;
    if (newest !== undefined && newest.order !== -Infinity) {
      const difference = order - newest.order;
      if (difference % USUAL_STEP !== 0) this.#step = 1;
      if (this.#reordered) between = Math.min(MOST_REORDERED, Math.max(0, difference / this.#step - 1));
    }
    const wanted = startMicros + (between + this.#depth) * frameMicros;
    return {
      micros: newest === undefined ? wanted : Math.max(wanted, newest.micros + frameMicros / 2),
      depth: this.#reordered ? this.#depth : null,
    };
  }

  #between(at, order) {
    const later = this.#recent[at];
    const earlier = this.#recent[at - 1] ?? { order: -Infinity, micros: later.micros - 1, depth: null };
    const share = earlier.order === -Infinity ? 0.5 : (order - earlier.order) / (later.order - earlier.order);
    return {
      micros: earlier.micros + (later.micros - earlier.micros) * share,
      depth: earlier.depth === later.depth ? later.depth : null,
    };
  }

  /** From a picture between two that were timed alike. */
  #learn(at, startMicros, frameMicros) {
    this.#reordered = true;
    const { micros, depth } = this.#recent[at];
    if (depth === null) return;
    const late = Math.round((startMicros - micros) / frameMicros);
    this.#depth = Math.min(MOST_REORDERED, Math.max(this.#depth, depth + late));
  }
}
