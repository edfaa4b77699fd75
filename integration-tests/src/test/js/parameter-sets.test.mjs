import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { ParameterSets } = await webModule('client/parameter-sets.js');
const { Codec } = await webModule('client/protocol.js');

const bytes = (hex) => Uint8Array.from(Buffer.from(hex.replace(/ /g, ''), 'hex'));
const hex = (data) => Buffer.from(data).toString('hex');

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
