/** What lies in an H.264 or HEVC access unit as Annex B has it: NAL units, and what parameter sets say. */

import { Codec } from './protocol.js';

/** `nal_unit_type` of H.264. */
export const H264 = Object.freeze({ SPS: 7, PPS: 8, DELIMITER: 9 });

/** `nal_unit_type` of HEVC. */
export const HEVC = Object.freeze({ VPS: 32, SPS: 33, PPS: 34, DELIMITER: 35 });

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
    sequence: H264.SPS,
    sets: [H264.SPS, H264.PPS],
    delimiter: H264.DELIMITER,
    describe: describeH264,
  },
  [Codec.HEVC]: {
    typeOf: (unit) => (unit[0] >> 1) & 63,
    sequence: HEVC.SPS,
    sets: [HEVC.VPS, HEVC.SPS, HEVC.PPS],
    delimiter: HEVC.DELIMITER,
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
    return this.#units.find((unit) => this.#syntax === SYNTAX[Codec.H264] && this.#syntax.typeOf(unit) === H264.SPS)?.[1] ?? 0;
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
