import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { Codec, parseMessage } = await webModule('client/protocol.js');

const bytes = (hex) => Uint8Array.from(Buffer.from(hex.replace(/ /g, ''), 'hex')).buffer;

// The contract's known header, with the size of the payload that follows here.
const HEADER = '01000000 00000000 2a000000 00000000 03000000 0100 0100 efbeadde 00000000';

test('a video message is its header, field by field, and its payload', () => {
  const message = parseMessage(bytes(`01 ${HEADER} aabbcc`));
  assert.equal(message.type, 'video');
  assert.equal(message.frameId, 1n);
  assert.equal(message.frameSeq, 42n);
  assert.equal(message.flags, 1);
  assert.equal(message.codec, Codec.H264);
  assert.equal(message.keyframe, true);
  assert.deepEqual([...message.payload], [0xaa, 0xbb, 0xcc]);
});

test('numbers beyond 2^53 stay exact', () => {
  const message = parseMessage(bytes('01 ffffffffffffffff feffffffffffffff 00000000 0000 0100 00000000 00000000'));
  assert.equal(message.frameId, 2n ** 64n - 1n);
  assert.equal(message.frameSeq, 2n ** 64n - 2n);
  assert.equal(message.keyframe, false);
});

test('a JPEG is a keyframe whatever its flag says', () => {
  const message = parseMessage(bytes('01 0100000000000000 0100000000000000 01000000 0000 0300 00000000 00000000 ff'));
  assert.equal(message.codec, Codec.JPEG);
  assert.equal(message.keyframe, true);
});

test('the payload is a view, not a copy', () => {
  const buffer = bytes(`01 ${HEADER} aabbcc`);
  assert.equal(parseMessage(buffer).payload.buffer, buffer);
});

test('a telemetry message is subject and payload', () => {
  const message = parseMessage(bytes(`02 0500 ${Buffer.from('a.bé').toString('hex')} 0001`));
  assert.equal(message.type, 'telemetry');
  assert.equal(message.subject, 'a.bé');
  assert.deepEqual([...message.payload], [0, 1]);
});

test('a telemetry message may be empty', () => {
  assert.equal(parseMessage(bytes('02 0100 61')).payload.length, 0);
});

for (const [what, hex] of [
  ['nothing', ''],
  ['video without a whole header', '01 0100000000000000'],
  ['video shorter than its header says', `01 ${HEADER} aabb`],
  ['video longer than its header says', `01 ${HEADER} aabbccdd`],
  ['telemetry without a subject length', '02 01'],
  ['telemetry shorter than its subject', '02 0400 616263'],
]) {
  test(`malformed: ${what}`, () => assert.equal(parseMessage(bytes(hex)).type, 'malformed'));
}

test('types without a meaning yet are told apart from broken ones', () => {
  assert.equal(parseMessage(bytes('03 00')).type, 'reserved');
  assert.equal(parseMessage(bytes('ff')).type, 'reserved');
});
