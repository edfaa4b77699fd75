/** What lies in an H.264 or HEVC access unit as Annex B has it: NAL units, and what parameter sets say. */

import { InOrder } from './in-order-sets.js';
import { Codec } from './protocol.js';
import { BitReader, rawBytes, readH264, readHevc } from './sequence-sets.js';

export { describeH264, describeHevc } from './sequence-sets.js';

/** `nal_unit_type` of H.264. */
export const H264 = Object.freeze({ IDR: 5, SPS: 7, PPS: 8, DELIMITER: 9 });

/** `nal_unit_type` of HEVC. */
export const HEVC = Object.freeze({ VPS: 32, SPS: 33, PPS: 34, DELIMITER: 35 });

/** The first slice lies in front of this, or is not looked for. */
const MOST_HEAD_BYTES = 65536;
/** As an MP4 head has them, which counts their bytes in 16 bits. No encoder makes such a large one. */
const MOST_SET_BYTES = 65535;
const MOST_ID = 255;
/** Enough of a slice for its picture parameter set's id. */
const SLICE_HEAD_BYTES = 24;

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

const SYNTAX = {
  [Codec.H264]: {
    typeOf: (byte) => byte & 31,
    headerBytes: 1,
    kinds: { [H264.SPS]: 'sps', [H264.PPS]: 'pps' },
    delimiter: H264.DELIMITER,
    slice: (type) => type >= 1 && type <= H264.IDR,
    read: readH264,
    parentOfSps: () => null,
    setOfSlice: (reader) => {
      reader.unsigned();
      reader.unsigned();
      return reader.unsigned();
    },
    kindOfSlice: (reader) => {
      reader.unsigned();
      return reader.unsigned();
    },
    // The level is the last byte.
    withoutLevel: (codecString) => codecString.slice(0, -2),
  },
  [Codec.HEVC]: {
    typeOf: (byte) => (byte >> 1) & 63,
    headerBytes: 2,
    kinds: { [HEVC.VPS]: 'vps', [HEVC.SPS]: 'sps', [HEVC.PPS]: 'pps' },
    delimiter: HEVC.DELIMITER,
    slice: (type) => type < HEVC.VPS,
    read: readHevc,
    parentOfSps: (unit) => unit[2] >> 4,
    setOfSlice: (reader, type) => {
      reader.bits(type >= 16 && type <= 23 ? 2 : 1);
      return reader.unsigned();
    },
    withoutLevel: (codecString) => codecString.replace(/\.([LH])\d+/, '.$1'),
  },
};

const sameBytes = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Where the next start code of three bytes is, before `end`; -1: there is none. */
function startCode(data, from, end) {
  for (let at = from; at + 2 < end; at++) {
    if (data[at + 2] > 1) at += 2;
    else if (data[at] === 0 && data[at + 1] === 0 && data[at + 2] === 1) return at;
  }
  return -1;
}

/**
 * What lies in front of an access unit's first slice, and the beginning of that.
 * @returns {{ units: { kind: string | undefined, delimiter: boolean, start: number, end: number }[],
 *     slice: { type: number, data: Uint8Array } | null }}
 */
function headOf(data, syntax) {
  const units = [];
  const end = Math.min(data.length, MOST_HEAD_BYTES);
  for (let at = startCode(data, 0, end); at >= 0;) {
    const start = at + 3;
    if (start >= data.length) break;
    const type = syntax.typeOf(data[start]);
    if (syntax.slice(type)) return { units, slice: { type, data: data.subarray(start, start + SLICE_HEAD_BYTES) } };
    at = startCode(data, start, end);
    let last = at < 0 ? data.length : at;
    while (last > start && data[last - 1] === 0) last--;
    units.push({ kind: syntax.kinds[type], delimiter: type === syntax.delimiter, start, end: last });
  }
  return { units, slice: null };
}

/** Copies data with NAL units put in, each list behind a place in it, in ascending order. */
function withUnits(data, insertions) {
  const added = insertions.flatMap(({ units }) => units).reduce((sum, unit) => sum + 4 + unit.length, 0);
  const result = new Uint8Array(data.length + added);
  let from = 0;
  let to = 0;
  for (const { at, units } of insertions) {
    result.set(data.subarray(from, at), to);
    to += at - from;
    from = at;
    for (const unit of units) {
      result.set([0, 0, 0, 1], to);
      result.set(unit, to + 4);
      to += 4 + unit.length;
    }
  }
  result.set(data.subarray(from), to);
  return result;
}

/** Copies data with another NAL unit in the place of some. */
function withOthers(data, places, other) {
  const removed = places.reduce((sum, { start, end }) => sum + end - start, 0);
  const result = new Uint8Array(data.length - removed + places.length * other.length);
  let from = 0;
  let to = 0;
  for (const { start, end } of places) {
    result.set(data.subarray(from, start), to);
    to += start - from;
    result.set(other, to);
    to += other.length;
    from = end;
  }
  result.set(data.subarray(from), to);
  return result;
}

/**
 * What a decoder has to know before a keyframe. Two keyframes with the same parameter sets have the same object.
 * @typedef {object} Format
 * @property {StreamDescription} description
 * @property {{ width: number, height: number }} pixel  the shape of a pixel
 * @property {number} profile  `profile_idc` of H.264; 0 of others
 * @property {PictureOrderSyntax | null} order  of H.264, where its parameter sets are understood
 * @property {string} shape  equal where a decoder that was made for one does for the other: the level does not count
 * @property {Uint8Array[]} sets  NAL units, each in front of those that name it
 *
 * @typedef {object} AccessUnit
 * @property {Uint8Array} data  with the parameter sets that it lacked
 * @property {boolean} picture  whether there is one in it; what is only learnt from is not for a decoder
 * @property {boolean} begins  false: it goes on with the picture that the unit before has begun
 * @property {boolean} outOfOrder  it may have to be shown before others that have come, though the decoder was told that
 *     there are none such
 * @property {Format | null} format  of a keyframe whose parameter sets are known
 */

/**
 * The access units of one stream, as decoders are to have them. Remembers its parameter sets by their ids, from whatever unit
 * they come in, the latest content of each; and puts them in front of keyframes that come without (some encoders send them
 * once, at the start). A changed sequence parameter set ends the picture parameter sets that name it. With `lowDelay` that of
 * H.264 is made to say that pictures come in order, where that is true.
 */
export class ParameterSets {
  #codec;
  #syntax;
  /** @type {Record<'vps' | 'sps' | 'pps', Map<number, { unit: Uint8Array, parent: number | null }>>} */
  #known = { vps: new Map(), sps: new Map(), pps: new Map() };
  #newestSps = null;
  /** Came in units without a picture, since the last one with one. @type {Uint8Array[]} */
  #alone = [];
  /** @type {Format | null} */
  #format = null;
  /** @type {InOrder | null} */
  #order;

  /** @param {number} codec  H264 or HEVC @param {boolean} [lowDelay] */
  constructor(codec, lowDelay = false) {
    this.#codec = codec;
    this.#syntax = SYNTAX[codec];
    this.#order = lowDelay && codec === Codec.H264 ? new InOrder() : null;
  }

  /** Of the last keyframe. @type {StreamDescription | null} */
  get description() {
    return this.#format?.description ?? null;
  }

  /** The remembered NAL units, each in front of those that name it. */
  get units() {
    return ['vps', 'sps', 'pps'].flatMap((kind) => [...this.#known[kind].values()].map(({ unit }) => unit));
  }

  /**
   * @param {Uint8Array} payload  a keyframe's access unit
   * @returns {{ data: Uint8Array, changed: boolean }} the access unit with parameter sets; whether they are others
   *     than before
   */
  keyframe(payload) {
    const before = this.#format;
    const { data, format } = this.accessUnit(payload, true);
    return { data, changed: format !== null && format !== before };
  }

  /**
   * Learns from the next unit of the stream, whatever it is.
   * @param {Uint8Array} payload
   * @param {boolean} keyframe
   * @returns {AccessUnit}
   */
  accessUnit(payload, keyframe) {
    const { units, slice } = headOf(payload, this.#syntax);
    const own = units.filter(({ kind }) => kind !== undefined);
    for (const { kind, start, end } of own) this.#learn(kind, payload.subarray(start, end));
    if (slice === null) {
      // Nothing that is known to be without a picture: it is for the decoder to say.
      if (units.length === 0 || payload.length >= MOST_HEAD_BYTES) {
        return { data: payload, picture: true, begins: true, outOfOrder: false, format: null };
      }
      for (const { start, end } of own) this.#alone.push(payload.slice(start, end));
      return { data: payload, picture: false, begins: false, outOfOrder: false, format: null };
    }
    const begins = (slice.data[this.#syntax.headerBytes] & 0x80) !== 0;
    const alone = this.#alone;
    this.#alone = [];
    if (keyframe) return { picture: true, begins, outOfOrder: false, ...this.#keyframe(payload, units, own, slice) };
    const completed = alone.length === 0 ? payload : withUnits(payload, [{ at: behindDelimiter(units), units: alone }]);
    const outOfOrder = this.#order?.picture(this.#syntax.kindOfSlice(this.#ofSlice(slice))) ?? false;
    const data = completed !== payload || own.length > 0 ? this.#inOrder(completed) : payload;
    return { data, picture: true, begins, outOfOrder, format: null };
  }

  /** Another encoder begins. */
  forget() {
    for (const sets of Object.values(this.#known)) sets.clear();
    this.#newestSps = null;
    this.#alone = [];
    this.#order?.forget();
  }

  #learn(kind, unit) {
    if (unit.length > MOST_SET_BYTES) return;
    const sets = this.#known[kind];
    for (const [id, known] of sets) {
      if (!sameBytes(known.unit, unit)) continue;
      if (kind === 'sps') this.#newestSps = id;
      return;
    }
    const { id, parent } = this.#identify(kind, unit);
    if (!(id <= MOST_ID)) return;
    if (kind === 'sps') {
      this.#newestSps = id;
      for (const [other, { parent: sps }] of this.#known.pps) if (sps === id) this.#known.pps.delete(other);
    }
    sets.set(id, { unit: unit.slice(), parent });
  }

  #identify(kind, unit) {
    if (kind === 'vps') return { id: unit[2] >> 4, parent: null };
    if (kind === 'sps') return { id: this.#syntax.read(unit)?.id, parent: this.#syntax.parentOfSps(unit) };
    const reader = new BitReader(rawBytes(unit.subarray(0, SLICE_HEAD_BYTES)), this.#syntax.headerBytes);
    return { id: reader.unsigned(), parent: reader.unsigned() };
  }

  #keyframe(payload, units, own, slice) {
    const { vps, sps, pps } = this.#known;
    const named = pps.get(this.#syntax.setOfSlice(this.#ofSlice(slice), slice.type));
    const spsId = named?.parent ?? this.#newestSps;
    const sequence = sps.get(spsId);
    if (sequence === undefined) return { data: payload, format: null };
    const pictureSets = [...pps.values()].filter(({ parent }) => parent === spsId).map(({ unit }) => unit);
    const video = vps.get(sequence.parent);
    const heads = video === undefined ? [sequence.unit] : [video.unit, sequence.unit];
    const carried = (set) => own.some(({ start, end }) => sameBytes(payload.subarray(start, end), set));
    const lacking = (sets) => sets.filter((set) => !carried(set));
    const at = behindDelimiter(units);
    const ownSps = own.filter(({ kind }) => kind === 'sps').at(-1);
    // A picture parameter set comes behind the sequence parameter set that it names.
    const insertions = [{ at, units: lacking(heads) },
      { at: ownSps === undefined ? at : ownSps.end, units: named === undefined ? [] : lacking(pictureSets) }];
    const complete = insertions.every((insertion) => insertion.units.length === 0);
    const told = this.#order?.keyframe(sequence.unit) ?? sequence.unit;
    const data = this.#inOrder(complete ? payload : withUnits(payload, insertions));
    return { data, format: this.#formatOf([...heads.slice(0, -1), told, ...pictureSets], told) };
  }

  #ofSlice(slice) {
    return new BitReader(rawBytes(slice.data), this.#syntax.headerBytes);
  }

  /** With what decoders are told of the order. An SPS that changes in between would be another stream to them. */
  #inOrder(data) {
    if (this.#order === null || !this.#order.changed) return data;
    const { original, told } = this.#order;
    const places = headOf(data, this.#syntax).units
      .filter(({ kind, start, end }) => kind === 'sps' && sameBytes(data.subarray(start, end), original));
    return places.length === 0 ? data : withOthers(data, places, told);
  }

  #formatOf(sets, sps) {
    const last = this.#format;
    if (last !== null && last.sets.length === sets.length && last.sets.every((set, i) => set === sets[i])) return last;
    const { codecString, width, height, pixel, order = null } = this.#syntax.read(sps);
    this.#format = Object.freeze({
      description: { codecString, width, height },
      pixel,
      profile: this.#codec === Codec.H264 ? sps[1] : 0,
      order,
      shape: `${this.#syntax.withoutLevel(codecString)} ${width}x${height} ${pixel.width}:${pixel.height}`,
      sets,
    });
    return this.#format;
  }
}

/** An access unit delimiter has to stay first. */
const behindDelimiter = ([first]) => (first?.delimiter ? first.end : 0);
