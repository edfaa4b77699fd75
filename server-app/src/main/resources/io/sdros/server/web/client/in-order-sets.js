/**
 * Whether pictures of H.264 come in the order in which they are shown, and an SPS that says so. Where it does not, decoders
 * hold pictures back for others that may have to be shown earlier, hardware decoders as many as they have room for.
 */

import { BitReader, rawBytes, readH264 } from './sequence-sets.js';

const BASELINE = 66;
/** `slice_type` modulo 5. */
const SLICE_B = 1;
const EXTENDED_SHAPE = 255;
/** What is taken for it where `bitstream_restriction` says nothing. */
const MOTION_VECTOR_BITS = 15;
/** Of the VUI: nothing is said up to `bitstream_restriction_flag`. */
const SILENT_FLAGS = 8;

/** Writes the content of a NAL unit bit by bit. */
class BitWriter {
  #bytes;
  #zeros = 0;
  #current = 0;
  #bitsFree = 8;

  /** @param {number} header  a byte that is written as it is */
  constructor(header) {
    this.#bytes = [header];
  }

  bit(value) {
    this.#current = this.#current << 1 | value;
    if (--this.#bitsFree > 0) return;
    if (this.#zeros >= 2 && this.#current <= 3) {
      this.#bytes.push(3);
      this.#zeros = 0;
    }
    this.#bytes.push(this.#current);
    this.#zeros = this.#current === 0 ? this.#zeros + 1 : 0;
    this.#current = 0;
    this.#bitsFree = 8;
  }

  unsigned(value) {
    const coded = (value + 1).toString(2);
    for (let i = 1; i < coded.length; i++) this.bit(0);
    for (const digit of coded) this.bit(Number(digit));
  }

  /** @returns {Uint8Array} the NAL unit, ended as the standard has it */
  end() {
    this.bit(1);
    while (this.#bitsFree < 8) this.bit(0);
    return Uint8Array.from(this.#bytes);
  }
}

/**
 * The VUI up to its `bitstream_restriction` (E.1.1), and what that says.
 * @param {BitReader} reader  behind `vui_parameters_present_flag`
 */
function readRestriction(reader) {
  if (reader.bits(1) && reader.bits(8) === EXTENDED_SHAPE) reader.bits(32);
  if (reader.bits(1)) reader.bits(1);
  if (reader.bits(1)) {
    reader.bits(4);
    if (reader.bits(1)) reader.bits(24);
  }
  if (reader.bits(1)) {
    reader.unsigned();
    reader.unsigned();
  }
  if (reader.bits(1)) {
    reader.bits(32);
    reader.bits(33);
  }
  const ofNal = reader.bits(1);
  if (ofNal) skipBuffer(reader);
  const ofVideo = reader.bits(1);
  if (ofVideo) skipBuffer(reader);
  if (ofNal || ofVideo) reader.bits(1);
  reader.bits(1);
  const at = reader.position;
  if (!reader.bits(1)) return { at, reorderAt: 0, reorderFrames: -1, bufferedFrames: 0 };
  reader.bits(1);
  for (let i = 0; i < 4; i++) reader.unsigned();
  const reorderAt = reader.position;
  return { at, reorderAt, reorderFrames: reader.unsigned(), bufferedFrames: reader.unsigned() };
}

/** A hypothetical reference decoder's (E.1.2). */
function skipBuffer(reader) {
  const last = Math.min(reader.unsigned(), 31);
  reader.bits(8);
  for (let i = 0; i <= last && !reader.overrun; i++) {
    reader.unsigned();
    reader.unsigned();
    reader.bits(1);
  }
  reader.bits(20);
}

/**
 * What of an SPS of H.264 is about the order of pictures.
 * @param {Uint8Array} unit  header included
 * @returns {{ raw: Uint8Array, flagAt: number, said: ReturnType<typeof readRestriction> | null, referenceFrames: number } | null}
 *     null: it is not understood; `said` null: it has no VUI
 */
function orderSaid(unit) {
  const sequence = readH264(unit);
  if (!sequence?.order) return null;
  const { usabilityFlagAt, referenceFrames } = sequence;
  const raw = rawBytes(unit);
  const reader = new BitReader(raw, 0);
  reader.position = usabilityFlagAt;
  const said = reader.bits(1) ? readRestriction(reader) : null;
  return reader.overrun ? null : { raw, flagAt: usabilityFlagAt, said, referenceFrames };
}

/**
 * An SPS of H.264 that says that pictures come in order (`max_num_reorder_frames` 0). What it says else stays as it is.
 * @param {Uint8Array} unit  header included
 * @returns {Uint8Array} the same one if it says so already, or is not understood
 */
export function inOrderSps(unit) {
  const sequence = orderSaid(unit);
  if (sequence === null || sequence.said?.reorderFrames === 0) return unit;
  const { raw, flagAt, said, referenceFrames } = sequence;
  const writer = new BitWriter(unit[0]);
  const reader = new BitReader(raw, 1);
  const copy = (upTo) => { while (reader.position < upTo) writer.bit(reader.bits(1)); };
  if (said !== null && said.reorderAt > 0) {
    copy(said.reorderAt);
    writer.unsigned(0);
    writer.unsigned(said.bufferedFrames);
    return writer.end();
  }
  if (said === null) {
    copy(flagAt);
    writer.bit(1);
    for (let i = 0; i < SILENT_FLAGS; i++) writer.bit(0);
  } else {
    copy(said.at);
  }
  writer.bit(1);
  writer.bit(1);
  // As where it is not said, but for the last two; the buffer need hold no more than is referred to.
  for (const value of [2, 1, MOTION_VECTOR_BITS, MOTION_VECTOR_BITS, 0, referenceFrames]) writer.unsigned(value);
  return writer.end();
}

/** Of one stream of H.264, picture by picture. */
export class InOrder {
  #sps = null;
  /** That one, saying so. */
  #inOrderSps = null;
  /** One of the two. */
  #told = null;
  #bidirectionalSeen = false;

  /**
   * A keyframe, which begins a group.
   * @param {Uint8Array} sps  as it came; the same object while it is the same
   * @returns {Uint8Array} as decoders are to have it: changed in Baseline, which has no B pictures, and elsewhere once a
   *     whole group had none
   */
  keyframe(sps) {
    const groupEnded = sps === this.#sps;
    if (!groupEnded) {
      this.#sps = sps;
      this.#inOrderSps = inOrderSps(sps);
      this.#bidirectionalSeen = false;
    }
    const inOrder = !this.#bidirectionalSeen && (groupEnded || sps[1] === BASELINE);
    this.#told = inOrder ? this.#inOrderSps : sps;
    return this.#told;
  }

  /** @returns {boolean} whether decoders are told more than the stream says */
  get changed() {
    return this.#told !== this.#sps;
  }

  /** That of the last keyframe, as it came. @returns {Uint8Array | null} null: before the first */
  get original() {
    return this.#sps;
  }

  /** The same as decoders have it. @returns {Uint8Array | null} */
  get told() {
    return this.#told;
  }

  /**
   * A picture that is no keyframe.
   * @param {number} sliceType  of its first slice
   * @returns {boolean} whether it is one of those that decoders were told that there are none: it may have to be shown
   *     before others that have come. From the next keyframe on they are told no more
   */
  picture(sliceType) {
    if (sliceType % 5 !== SLICE_B) return false;
    this.#bidirectionalSeen = true;
    return this.changed;
  }

  /** Another encoder begins. */
  forget() {
    this.#sps = this.#told = null;
  }
}
