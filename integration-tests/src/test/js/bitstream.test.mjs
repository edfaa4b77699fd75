import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DEMO_CLIP, webModule } from './web-module.mjs';

const { ParameterSets, describeH264, describeHevc, nalUnits } = await webModule('client/bitstream.js');
const { Codec } = await webModule('client/protocol.js');

const bytes = (hex) => Uint8Array.from(Buffer.from(hex.replace(/ /g, ''), 'hex'));
const hex = (data) => Buffer.from(data).toString('hex');

// Written by libx264 (high profile, level 2.1, 426x240; main profile, level 4, 1920x1080) and libx265 (main profile, level 2, 426x240).
const H264_HIGH_426X240 = '67640015acb60d8ff27350101014000003000400000300f23c58bb80';
const H264_MAIN_1920X1080 = '674d4028eca03c0113f2e022000003000200000300781e30632c';
const HEVC_MAIN_426X240 = '42010101600000030090000003000003003ca00d880f1c9e592a4932b9a808080f08000003000800000300f040';

test('NAL units end where the next start code begins, be it of three or four bytes', () => {
  assert.deepEqual(nalUnits(bytes('00000001 0910 000001 67aabb 00000001 6801')).map(hex), ['0910', '67aabb', '6801']);
});

test('zero bytes inside a NAL unit stay, those after it go', () => {
  assert.deepEqual(nalUnits(bytes('000001 65000002 000003 01 0000 000001 41')).map(hex), ['6500000200000301', '41']);
});

test('no start code, no NAL unit', () => {
  assert.deepEqual(nalUnits(bytes('6742c01f')), []);
  assert.deepEqual(nalUnits(bytes('')), []);
});

test('the demo clip describes itself', () => {
  const sps = nalUnits(readFileSync(DEMO_CLIP).subarray(0, 4096)).find((unit) => (unit[0] & 31) === 7);
  assert.deepEqual(describeH264(sps), { codecString: 'avc1.42C01F', width: 854, height: 480 });
});

test('a high profile SPS with cropping', () => {
  assert.deepEqual(describeH264(bytes(H264_HIGH_426X240)), { codecString: 'avc1.640015', width: 426, height: 240 });
});

test('1080 lines are 68 rows of macroblocks, cropped', () => {
  const { codecString, width, height } = describeH264(bytes(H264_MAIN_1920X1080));
  assert.deepEqual([codecString, width, height], ['avc1.4D4028', 1920, 1080]);
});

test('an SPS that is cut short still names the codec', () => {
  assert.deepEqual(describeH264(bytes('6742c01f')), { codecString: 'avc1.42C01F', width: 0, height: 0 });
  assert.equal(describeH264(bytes('6742')), null);
});

test('an HEVC SPS', () => {
  assert.deepEqual(describeHevc(bytes(HEVC_MAIN_426X240)), { codecString: 'hev1.1.6.L60.90', width: 426, height: 240 });
});

test('HEVC profile space, tier and constraint bytes are part of the string', () => {
  // profile space A, high tier, profile 2; compatibility flag 2 only; constraints 90 00 00 00 00 00; level 120
  const sps = bytes('4201 01 62 20000000 900000000000 78');
  assert.equal(describeHevc(sps).codecString, 'hev1.A2.4.H120.90');
});

const SPS = '67 42c01f da0216';
const PPS = '68 ce3c80';
const au = (...units) => bytes(units.map((unit) => `00000001 ${unit}`).join(''));

test('a keyframe with parameter sets passes unchanged and tells of them once', () => {
  const sets = new ParameterSets(Codec.H264);
  const frame = au('0910', SPS, PPS, '65aa');
  assert.deepEqual(sets.keyframe(frame), { data: frame, changed: true });
  assert.deepEqual(sets.keyframe(frame), { data: frame, changed: false });
  assert.equal(sets.description.codecString, 'avc1.42C01F');
});

test('another SPS is a change', () => {
  const sets = new ParameterSets(Codec.H264);
  sets.keyframe(au(SPS, PPS, '65aa'));
  assert.equal(sets.keyframe(au('67 64001f ac', PPS, '65aa')).changed, true);
  assert.equal(sets.description.codecString, 'avc1.64001F');
});

test('a bare keyframe gets the parameter sets, behind its delimiter', () => {
  const sets = new ParameterSets(Codec.H264);
  sets.keyframe(au('0910', SPS, PPS, '65aa'));
  const { data, changed } = sets.keyframe(au('0910', '65bb'));
  assert.equal(changed, false);
  assert.equal(hex(data), hex(au('0910', SPS, PPS, '65bb')));
  assert.equal(hex(sets.keyframe(au('65bb')).data), hex(au(SPS, PPS, '65bb')));
});

test('parameter sets outlive the message they came in', () => {
  const sets = new ParameterSets(Codec.H264);
  const frame = au(SPS, PPS, '65aa');
  sets.keyframe(frame);
  frame.fill(0);
  assert.equal(hex(sets.keyframe(au('65bb')).data), hex(au(SPS, PPS, '65bb')));
});

test('without any parameter set there is nothing to add and nothing to describe', () => {
  const sets = new ParameterSets(Codec.H264);
  const frame = au('65bb');
  assert.deepEqual(sets.keyframe(frame), { data: frame, changed: false });
  assert.equal(sets.description, null);
});

const format = (sets, ...units) => sets.accessUnit(au(...units), true).format;
// PPS 0 of SPS 0, PPS 1 of SPS 0, PPS 1 of SPS 1; IDR slices that begin a picture and name PPS 0 and 1.
const PPS_ANEW = '68 ce3880';
const PPS1 = '68 5ce3c8';
const SPS1 = '67 42c01f 5b42c0';
const PPS1_OF_SPS1 = '68 4bce3c80';
const SLICE0 = '65 b8';
const SLICE1 = '65 b440';

test('sets are learnt by id from whatever unit they come in, the latest content of each', () => {
  const sets = new ParameterSets(Codec.H264);
  assert.deepEqual(sets.accessUnit(au('0910', SPS, PPS), false),
    { data: au('0910', SPS, PPS), picture: false, begins: false, outOfOrder: false, format: null });
  assert.equal(hex(sets.accessUnit(au('0910', SLICE0), true).data), hex(au('0910', SPS, PPS, SLICE0)));
  sets.accessUnit(au('0910', PPS_ANEW, '419a'), false);
  assert.equal(hex(sets.accessUnit(au('0910', SLICE0), true).data), hex(au('0910', SPS, PPS_ANEW, SLICE0)));
});

test('a keyframe gets what its slice needs: ids do not get in each other\'s way', () => {
  const sets = new ParameterSets(Codec.H264);
  sets.accessUnit(au(SPS, PPS, SPS1, PPS1_OF_SPS1), false);
  assert.equal(hex(sets.accessUnit(au(SLICE0), true).data), hex(au(SPS, PPS, SLICE0)));
  assert.equal(hex(sets.accessUnit(au(SLICE1), true).data), hex(au(SPS1, PPS1_OF_SPS1, SLICE1)));
  assert.equal(hex(sets.accessUnit(au(SLICE0), true).data), hex(au(SPS, PPS, SLICE0)));
});

test('a keyframe that carries some gets the others, a PPS behind the SPS that it names', () => {
  const sets = new ParameterSets(Codec.H264);
  sets.accessUnit(au(SPS, PPS, PPS1, SLICE0), true);
  assert.equal(hex(sets.accessUnit(au('0910', SPS, PPS, SLICE0), true).data), hex(au('0910', SPS, PPS1, PPS, SLICE0)));
  assert.equal(hex(sets.accessUnit(au('0910', PPS, SLICE0), true).data), hex(au('0910', SPS, PPS1, PPS, SLICE0)));
});

test('another SPS ends the PPS that name it, another encoder everything', () => {
  const sets = new ParameterSets(Codec.H264);
  sets.accessUnit(au(SPS, PPS, SLICE0), true);
  sets.accessUnit(au('67 42c01e da0216'), false);
  assert.deepEqual(sets.units.map(hex), ['6742c01eda0216']);
  assert.equal(format(new ParameterSets(Codec.H264), SLICE0), null);
  sets.forget();
  assert.deepEqual(sets.units, []);
  assert.equal(format(sets, SLICE0), null);
});

test('sets that come alone within a group go in front of the next picture, once', () => {
  const sets = new ParameterSets(Codec.H264);
  sets.accessUnit(au(SPS, PPS, SLICE0), true);
  assert.equal(sets.accessUnit(au(PPS_ANEW), false).picture, false);
  assert.equal(hex(sets.accessUnit(au('0910', '419a'), false).data), hex(au('0910', PPS_ANEW, '419a')));
  assert.equal(hex(sets.accessUnit(au('0910', '419a'), false).data), hex(au('0910', '419a')));
});

test('the format is the same object while the sets are, and a level is no other shape', () => {
  const sets = new ParameterSets(Codec.H264);
  const first = format(sets, SPS, PPS, SLICE0);
  assert.equal(format(sets, SPS, PPS, SLICE0), first);
  assert.equal(format(sets, SLICE0), first);
  const pps = format(sets, PPS_ANEW, SLICE0);
  assert.notEqual(pps, first);
  assert.equal(pps.shape, first.shape);
  const level = format(sets, '67 42c028 da0216', PPS, SLICE0);
  assert.deepEqual([level.shape, level.description.codecString], [first.shape, 'avc1.42C028']);
  assert.notEqual(format(sets, '67 4d001f da0216', PPS, SLICE0).shape, first.shape);
});

test('what begins no picture and what is none is told', () => {
  const sets = new ParameterSets(Codec.H264);
  const seen = (...units) => {
    const { picture, begins } = sets.accessUnit(au(...units), false);
    return [picture, begins];
  };
  assert.deepEqual(seen('0910', '419a'), [true, true]);
  assert.deepEqual(seen('41 42'), [true, false]);
  assert.deepEqual(seen('0910'), [false, false]);
  // Not Annex B: nothing is known, and the decoder shall say.
  assert.deepEqual(sets.accessUnit(bytes('0000000205aa'), true),
    { data: bytes('0000000205aa'), picture: true, begins: true, outOfOrder: false, format: null });
});

test('zeros and rubbish are looked through in linear time', () => {
  const sets = new ParameterSets(Codec.H264);
  const zeros = new Uint8Array(8 * 1024 * 1024);
  for (let i = 0; i < 200; i++) assert.equal(sets.accessUnit(zeros, false).format, null);
});

test('HEVC: VPS, SPS and PPS by their ids, in front of a CRA', () => {
  const sets = new ParameterSets(Codec.HEVC);
  const vps = '4001 0c01ffff';
  const pps = '4401 c0f7c0cc90';
  sets.accessUnit(au('460150', vps, HEVC_MAIN_426X240, pps), false);
  const { data, format: { shape, description, sets: used } } = sets.accessUnit(au('460150', '2a01 a0'), true);
  assert.equal(hex(data), hex(au('460150', vps, HEVC_MAIN_426X240, pps, '2a01a0')));
  assert.deepEqual([shape, description.codecString, used.length], ['hev1.1.6.L.90 426x240 1:1', 'hev1.1.6.L60.90', 3]);
});
