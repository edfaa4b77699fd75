import { H264, HEVC, describeH264, describeHevc, nalUnits } from './bitstream.js';
import { Codec } from './protocol.js';

const MAX_PARAMETER_SETS = 32;

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
