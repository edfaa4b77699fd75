/** What the sequence parameter sets of H.264 and HEVC say. */

/** Removes the emulation prevention bytes (00 00 03 → 00 00). */
export function rawBytes(unit) {
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
export class BitReader {
  #bytes;
  #at;
  overrun = false;

  constructor(bytes, skipBytes) {
    this.#bytes = bytes;
    this.#at = skipBytes * 8;
  }

  /** In bits. */
  get position() {
    return this.#at;
  }

  set position(bits) {
    this.#at = bits;
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
const SQUARE = Object.freeze({ width: 1, height: 1 });
const EXTENDED_SHAPE = 255;
/** By `aspect_ratio_idc`. */
const PIXEL_SHAPES = [[1, 1], [1, 1], [12, 11], [10, 11], [16, 11], [40, 33], [24, 11], [20, 11], [32, 11], [80, 33], [18, 11],
  [15, 11], [64, 33], [160, 99], [4, 3], [3, 2], [2, 1]];
const PROFILES_WITH_CHROMA = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

/** All that is wanted of an H.264 sequence parameter set; null when it is cut short. */
export function readH264(unit) {
  if (unit.length < 4) return null;
  const codecString = `avc1.${hex(unit[1])}${hex(unit[2])}${hex(unit[3])}`;
  const reader = new BitReader(rawBytes(unit), 4);
  const id = reader.unsigned();
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
  const frameNumberBits = reader.unsigned() + 4;
  const order = readPictureOrder(reader);
  const referenceFrames = reader.unsigned();
  reader.bits(1);
  const widthBlocks = reader.unsigned() + 1;
  const heightUnits = reader.unsigned() + 1;
  const framesOnly = reader.bits(1);
  if (!framesOnly) reader.bits(1);
  reader.bits(1);
  const crop = reader.bits(1) ? [0, 1, 2, 3].map(() => reader.unsigned()) : [0, 0, 0, 0];
  if (reader.overrun) return { id, codecString, width: 0, height: 0, pixel: SQUARE, order: null };
  const usabilityFlagAt = reader.position;
  const subsampled = separatePlanes ? 0 : chroma;
  const cropX = subsampled === 1 || subsampled === 2 ? 2 : 1;
  const cropY = (subsampled === 1 ? 2 : 1) * (2 - framesOnly);
  return {
    id,
    codecString,
    width: widthBlocks * 16 - (crop[0] + crop[1]) * cropX,
    height: heightUnits * 16 * (2 - framesOnly) - (crop[2] + crop[3]) * cropY,
    pixel: reader.bits(1) ? pixelShape(reader) : SQUARE,
    referenceFrames,
    usabilityFlagAt,
    order: { ...order, frameNumberBits, framesOnly: framesOnly === 1, separatePlanes: separatePlanes === 1 },
  };
}

/** The first fields of the VUI. */
function pixelShape(reader) {
  if (!reader.bits(1)) return SQUARE;
  const index = reader.bits(8);
  const shape = index === EXTENDED_SHAPE ? { width: reader.bits(16), height: reader.bits(16) }
    : { width: PIXEL_SHAPES[index]?.[0] ?? 1, height: PIXEL_SHAPES[index]?.[1] ?? 1 };
  return reader.overrun || shape.width === 0 || shape.height === 0 ? SQUARE : shape;
}

/**
 * What an H.264 sequence parameter set (NAL unit type 7, header included) says about its stream.
 * @param {Uint8Array} unit
 * @returns {StreamDescription | null} null when it is cut short
 */
export function describeH264(unit) {
  const read = readH264(unit);
  return read === null ? null : { codecString: read.codecString, width: read.width, height: read.height };
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

/**
 * How slices say in which order pictures are shown.
 * @typedef {object} PictureOrderSyntax
 * @property {number} type  `pic_order_cnt_type`; 2: as they come
 * @property {number} lowBits  type 0: of the count in each slice
 * @property {boolean} differences  type 1: slices say how far from the expected count they are
 * @property {number} unreferred  type 1: what is added to the expected count where no picture refers to it
 * @property {number[]} cycle  type 1: from each reference picture to the next
 * @property {number} frameNumberBits
 * @property {boolean} framesOnly
 * @property {boolean} separatePlanes
 */

function readPictureOrder(reader) {
  const order = { type: reader.unsigned(), lowBits: 0, differences: false, unreferred: 0, cycle: [] };
  if (order.type === 0) order.lowBits = reader.unsigned() + 4;
  if (order.type !== 1) return order;
  order.differences = reader.bits(1) === 0;
  order.unreferred = reader.signed();
  reader.signed();
  const count = Math.min(reader.unsigned(), 255);
  for (let i = 0; i < count && !reader.overrun; i++) order.cycle.push(reader.signed());
  return order;
}

/**
 * What an HEVC sequence parameter set (NAL unit type 33, header included) says about its stream.
 * @param {Uint8Array} unit
 * @returns {StreamDescription | null} null when it is cut short
 */
export function describeHevc(unit) {
  const read = readHevc(unit);
  return read === null ? null : { codecString: read.codecString, width: read.width, height: read.height };
}

/** All that is wanted of an HEVC sequence parameter set; null when it is cut short. */
export function readHevc(unit) {
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
  return { codecString: parts.join('.'), pixel: SQUARE, ...hevcSize(raw) };
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
  const id = reader.unsigned();
  const chroma = reader.unsigned();
  if (chroma === 3) reader.bits(1);
  const width = reader.unsigned();
  const height = reader.unsigned();
  const crop = reader.bits(1) ? [0, 1, 2, 3].map(() => reader.unsigned()) : [0, 0, 0, 0];
  if (reader.overrun) return { id, width: 0, height: 0 };
  const cropX = chroma === 1 || chroma === 2 ? 2 : 1;
  const cropY = chroma === 1 ? 2 : 1;
  return { id, width: width - (crop[0] + crop[1]) * cropX, height: height - (crop[2] + crop[3]) * cropY };
}
