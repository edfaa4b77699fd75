/** MP4 fragments, as Media Source Extensions take them: one H.264 track without an end, one access unit a fragment. */

/** Of the track's times. */
export const TIMESCALE = 1000000;
const TRACK = 1;
const SAMPLE_KEY = 0x02000000;
const SAMPLE_DELTA = 0x01010000;
const UNITY_MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000].flatMap(u32);

function u16(value) {
  return [(value >> 8) & 255, value & 255];
}

function u32(value) {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

function u64(value) {
  return [...u32(Math.floor(value / 2 ** 32)), ...u32(value % 2 ** 32)];
}

const ascii = (text) => [...text].map((character) => character.charCodeAt(0));
const zeros = (count) => new Array(count).fill(0);

/** @param {(number[] | Uint8Array)[]} parts */
export function joined(parts) {
  const data = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return data;
}

function box(type, ...parts) {
  const length = parts.reduce((sum, part) => sum + part.length, 8);
  return joined([u32(length), ascii(type), ...parts]);
}

/** A box with version and flags. */
const fullBox = (type, version, flags, ...parts) => box(type, u32(version * 2 ** 24 + flags), ...parts);

/**
 * The head of a fragmented MP4 with one H.264 track and no end.
 * @param {{ width: number, height: number }} size
 * @param {Uint8Array} sps
 * @param {Uint8Array[]} pictureSets
 * @param {{ width: number, height: number }} pixel  the shape of a pixel
 */
export function initSegment({ width, height }, sps, pictureSets, pixel = { width: 1, height: 1 }) {
  const avcC = box('avcC', [1, sps[1], sps[2], sps[3], 0xff, 0xe1], u16(sps.length), sps,
    [pictureSets.length], ...pictureSets.flatMap((pps) => [u16(pps.length), pps]));
  const entry = box('avc1', zeros(6), u16(1), zeros(16), u16(width), u16(height), u32(0x480000), u32(0x480000),
    u32(0), u16(1), zeros(32), u16(24), u16(0xffff), avcC, box('pasp', u32(pixel.width), u32(pixel.height)));
  const tables = box('stbl', fullBox('stsd', 0, 0, u32(1), entry), fullBox('stts', 0, 0, u32(0)),
    fullBox('stsc', 0, 0, u32(0)), fullBox('stsz', 0, 0, u32(0), u32(0)), fullBox('stco', 0, 0, u32(0)));
  const data = box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1)));
  const media = box('mdia',
    fullBox('mdhd', 0, 0, u32(0), u32(0), u32(TIMESCALE), u32(0), u16(0x55c4), u16(0)),
    fullBox('hdlr', 0, 0, u32(0), ascii('vide'), zeros(12), ascii('video'), [0]),
    box('minf', fullBox('vmhd', 0, 1, zeros(8)), data, tables));
  const track = box('trak',
    fullBox('tkhd', 0, 7, u32(0), u32(0), u32(TRACK), u32(0), u32(0), zeros(16), UNITY_MATRIX,
      u32(Math.round((width * pixel.width / pixel.height) * 65536)), u32(height * 65536)),
    media);
  const movie = box('moov',
    fullBox('mvhd', 0, 0, u32(0), u32(0), u32(TIMESCALE), u32(0), u32(0x10000), u16(0x100), zeros(10), UNITY_MATRIX,
      zeros(24), u32(TRACK + 1)),
    track, box('mvex', fullBox('trex', 0, 0, u32(TRACK), u32(1), u32(0), u32(0), u32(0))));
  return joined([box('ftyp', ascii('isom'), u32(0x200), ascii('isomiso5avc1mp41')), movie]);
}

/**
 * One access unit as a fragment.
 * @param {{ number: number, startMicros: number, shownMicros?: number, durationMicros: number, keyframe: boolean }} sample
 *     startMicros: when it is decoded, and shown, if nothing else is said
 * @param {Uint8Array[]} units  NAL units, without parameter sets and delimiters
 */
export function mediaSegment({ number, startMicros, shownMicros = startMicros, durationMicros, keyframe }, units) {
  const data = joined(units.flatMap((unit) => [u32(unit.length), unit]));
  const fragment = (dataOffset) => box('moof',
    fullBox('mfhd', 0, 0, u32(number)),
    box('traf',
      fullBox('tfhd', 0, 0x020000, u32(TRACK)),
      fullBox('tfdt', 1, 0, u64(startMicros)),
      fullBox('trun', 1, 0xf01, u32(1), u32(dataOffset), u32(durationMicros), u32(data.length),
        u32(keyframe ? SAMPLE_KEY : SAMPLE_DELTA), u32(shownMicros - startMicros))));
  const head = fragment(fragment(0).length + 8);
  return joined([head, u32(data.length + 8), ascii('mdat'), data]);
}
