// An SPS that says that pictures come in order, and nothing else that it did not say: ffmpeg reads and decodes it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { ParameterSets, describeH264, nalUnits } = await webModule('client/bitstream.js');
const { InOrder, inOrderSps } = await webModule('client/in-order-sets.js');
const { rawBytes } = await webModule('client/sequence-sets.js');
const { Codec } = await webModule('client/protocol.js');

const PICTURES = 24;
const GROUP = 8;
const NAL_SPS = 7;
const NAL_DELIMITER = 9;

const kindOf = (unit) => unit[0] & 31;
const hex = (data) => Buffer.from(data).toString('hex');
const bytes = (text) => Uint8Array.from(Buffer.from(text, 'hex'));
const annexB = (units) => Buffer.concat(units.flatMap((unit) => [Buffer.from([0, 0, 0, 1]), unit]));

function ffmpeg(args, input) {
  const done = spawnSync('ffmpeg', ['-hide_banner', ...args], { input, maxBuffer: 2 ** 28 });
  assert.equal(done.status, 0, `ffmpeg: ${done.stderr}`);
  return done;
}

/** Access units. @param {string} x264  its options @param {string[]} more  of ffmpeg */
function encoded(profile, x264, more = []) {
  const stream = ffmpeg(['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=322x184:r=30', '-frames:v', String(PICTURES), ...more,
    '-c:v', 'libx264', '-profile:v', profile, '-preset', 'veryfast', '-x264-params',
    `aud=1:repeat-headers=1:keyint=${GROUP}:min-keyint=${GROUP}:scenecut=0:slices=1:sliced-threads=0:threads=1${x264}`,
    '-f', 'h264', 'pipe:1']).stdout;
  const pictures = [];
  for (const unit of nalUnits(stream)) {
    if (kindOf(unit) === NAL_DELIMITER) pictures.push([]);
    pictures.at(-1).push(unit);
  }
  assert.equal(pictures.length, PICTURES);
  return pictures;
}

/** What of an SPS ffmpeg reads: [name, value, at which bit]. That it finds no picture is no matter. */
function syntaxOf(sps) {
  const { stderr } = spawnSync('ffmpeg', ['-f', 'h264', '-i', 'pipe:0', '-c', 'copy', '-bsf:v', 'trace_headers', '-f', 'null', '-'],
    { input: annexB([sps, bytes('68ce3c80'), bytes('6588840a11')]) });
  const lines = String(stderr).split('\n').map((line) => line.replace(/^\[trace_headers[^\]]*\] /, ''));
  const from = lines.indexOf('Sequence Parameter Set');
  const to = lines.findIndex((line, at) => at > from && !/^\d/.test(line));
  return lines.slice(from + 1, to).map((line) => /^(\d+) +(\S+) .* = (-?\d+)$/.exec(line))
    .filter((match) => !match[2].startsWith('rbsp')).map(([, at, name, value]) => [name, Number(value), Number(at)]);
}

/** A copy that ends as it is told where that flag stands, which is 0. */
function endedAt(sps, flag) {
  const [, , at] = syntaxOf(sps).find(([name]) => name === flag);
  const all = [...rawBytes(sps)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const bits = `${all.slice(0, at)}01`;
  const raw = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g).map((byte) => parseInt(byte, 2));
  const unit = [];
  for (const byte of raw) {
    if (byte <= 3 && unit.length >= 2 && unit.at(-1) === 0 && unit.at(-2) === 0) unit.push(3);
    unit.push(byte);
  }
  return Uint8Array.from(unit);
}

const changedSps = (pictures, change) =>
  pictures.map((units) => units.map((unit) => (kindOf(unit) === NAL_SPS ? change(unit) : unit)));

/** As an encoder has it that says nothing of the order, though it may say much else. */
const silent = (pictures) => changedSps(pictures, (sps) => endedAt(sps, 'bitstream_restriction_flag'));
const withoutUsability = (pictures) => changedSps(pictures, (sps) => endedAt(sps, 'vui_parameters_present_flag'));

/** What a decoder is handed. */
function handed(pictures, lowDelay = true) {
  const sets = new ParameterSets(Codec.H264, lowDelay);
  return pictures.map((units, i) => sets.accessUnit(annexB(units), i % GROUP === 0));
}

const decoded = (stream) => String(ffmpeg(
  ['-v', 'error', '-f', 'h264', '-i', 'pipe:0', '-fps_mode', 'passthrough', '-f', 'framemd5', '-'], stream).stdout)
  .split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(',').at(-1).trim());

const spsOf = ({ data }) => nalUnits(data).find((unit) => kindOf(unit) === NAL_SPS);
const RESTRICTION = ['motion_vectors_over_pic_boundaries_flag', 'max_bytes_per_pic_denom', 'max_bits_per_mb_denom',
  'log2_max_mv_length_horizontal', 'log2_max_mv_length_vertical', 'max_num_reorder_frames', 'max_dec_frame_buffering'];
const NO_USABILITY = ['aspect_ratio_info_present_flag', 'overscan_info_present_flag', 'video_signal_type_present_flag',
  'chroma_loc_info_present_flag', 'timing_info_present_flag', 'nal_hrd_parameters_present_flag',
  'vcl_hrd_parameters_present_flag', 'pic_struct_present_flag'];

/** All of it but what is about the order; what stands where nothing was said counts as 0. */
function allElse(sps) {
  const own = new Set(['vui_parameters_present_flag', 'bitstream_restriction_flag', ...RESTRICTION]);
  return syntaxOf(sps).filter(([name, value]) => !own.has(name) && !(NO_USABILITY.includes(name) && value === 0))
    .map(([name, value]) => `${name} = ${value}`);
}

const COLOURS = ':colorprim=bt709:transfer=bt709:colormatrix=bt709:range=pc:sar=4/3:chromaloc=2';
const HRD = ':nal-hrd=vbr:vbv-maxrate=900:vbv-bufsize=900:pic-struct=1';
const NONE_B = ':bframes=0';
const WITHOUT = [
  ['Baseline without a VUI', () => withoutUsability(encoded('baseline', NONE_B)), 0],
  ['Main without a VUI', () => withoutUsability(encoded('main', NONE_B)), GROUP],
  ['Main with timing, silent about the order', () => silent(encoded('main', NONE_B)), GROUP],
  ['High with colours, pixel shape and cropping', () => silent(encoded('high', `${NONE_B}${COLOURS}:ref=4`)), GROUP],
  ['High with a buffer model', () => silent(encoded('high', `${NONE_B}${HRD}`)), GROUP],
  ['High 4:4:4', () => silent(encoded('high444', NONE_B, ['-pix_fmt', 'yuv444p'])), GROUP],
  ['fields', () => silent(encoded('high', `${NONE_B}:tff=1`)), GROUP],
  ['one that may have B pictures and has none', () => encoded('high', ':bframes=2:b-adapt=1:b-bias=-100'), GROUP],
];

for (const [name, make, first] of WITHOUT) {
  test(`in order, and not said: ${name}`, () => {
    const pictures = make();
    const before = pictures[0].find((unit) => kindOf(unit) === NAL_SPS);
    const out = handed(pictures);
    assert.deepEqual(decoded(Buffer.concat(out.map(({ data }) => data))), decoded(annexB(pictures.flat())));
    out.slice(0, first).forEach(({ data }, i) => assert.equal(hex(data), hex(annexB(pictures[i])), `picture ${i} as it came`));
    for (const unit of out.slice(first).filter(({ format }) => format !== null)) {
      const after = spsOf(unit);
      assert.notEqual(hex(after), hex(before));
      const said = Object.fromEntries(syntaxOf(after));
      assert.equal(said.max_num_reorder_frames, 0);
      assert.ok(said.max_dec_frame_buffering >= said.max_num_ref_frames);
      assert.deepEqual(allElse(after), allElse(before));
      assert.deepEqual(unit.format.sets.find((set) => kindOf(set) === NAL_SPS), after);
      assert.equal(unit.format, out.at(-GROUP).format, 'one format as long as nothing changes');
      assert.deepEqual(describeH264(after), describeH264(before));
      assert.equal(inOrderSps(after), after, 'once is enough');
    }
    assert.ok(out.every(({ outOfOrder }) => !outOfOrder));
    assert.deepEqual(handed(pictures, false).map(({ data }) => hex(data)), pictures.map((units) => hex(annexB(units))),
      'unless it is wished');
  });
}

test('a stream with B pictures stays as it is, bit by bit', () => {
  for (const pictures of [encoded('high', ':bframes=2:b-adapt=0'), silent(encoded('main', ':bframes=2:b-adapt=0'))]) {
    const out = handed(pictures);
    out.forEach(({ data, outOfOrder }, i) => {
      assert.equal(hex(data), hex(annexB(pictures[i])));
      assert.equal(outOfOrder, false);
    });
  }
});

test('B pictures that come after all are not shown, until the next keyframe says that there are some', () => {
  // The same SPS before and after: an encoder that does not need B pictures at first.
  const without = silent(encoded('main', ':bframes=0:ref=1')).slice(0, 2 * GROUP);
  const [sps] = without[0].filter((unit) => kindOf(unit) === NAL_SPS);
  const sets = new ParameterSets(Codec.H264, true);
  const hand = (units, keyframe) => sets.accessUnit(annexB(units), keyframe);
  const changed = without.map((units, i) => hex(spsOf(hand(units, i % GROUP === 0)) ?? [])).filter((text) => text !== '');
  assert.deepEqual(changed, [hex(sps), hex(inOrderSps(sps))]);
  // first_mb_in_slice 0, slice_type 6 and 5: B and P.
  const [B, P] = [bytes('019d'), bytes('4198')];
  assert.equal(hand([P], false).outOfOrder, false);
  assert.equal(hand([B], false).outOfOrder, true);
  assert.equal(hex(spsOf(hand([sps, P], false))), hex(inOrderSps(sps)), 'no other sequence within the group');
  assert.equal(hex(spsOf(hand(without[0], true))), hex(sps));
  assert.equal(hand([B], false).outOfOrder, false);
  hand(without[0], true);
  assert.equal(hex(spsOf(hand(without[0], true))), hex(sps), 'for good');
  sets.forget();
  hand(without[0], true);
  assert.equal(hex(spsOf(hand(without[0], true))), hex(inOrderSps(sps)), 'another encoder');
});

test('B pictures that the SPS itself calls in order are shown', () => {
  const order = new InOrder();
  const sps = inOrderSps(bytes('674d400dec80a0cd8088000003000800000301e078a14cb0'));
  assert.equal(order.keyframe(sps), sps);
  assert.equal(order.picture(6), false);
  assert.equal(order.keyframe(sps), sps);
});

test('golden bytes, and what is not understood', () => {
  // x264 with three B pictures in a row: max_num_reorder_frames 2, max_dec_frame_buffering 4.
  const sps = inOrderSps(bytes('674d400dec80a0cd8088000003000800000301e078a14cb0'));
  assert.equal(hex(sps), '674d400dec80a0cd8088000003000800000301e078a152c0');
  for (const text of ['67', '6742001f', '674d401fec80a0cd80']) assert.equal(hex(inOrderSps(bytes(text))), text);
});
