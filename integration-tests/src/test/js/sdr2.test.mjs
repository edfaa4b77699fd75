// The messages of sdr.2, byte by byte.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { Doing, clockQuestion, feedbackMessage } = await webModule('client/sdr2.js');
const { parseMessage } = await webModule('client/protocol.js');

const bytes = (hex) => Uint8Array.from(Buffer.from(hex.replace(/ /g, ''), 'hex')).buffer;
const hex = (buffer) => Buffer.from(buffer).toString('hex');
const text = (words) => Buffer.from(words).toString('hex');
const parse = (message) => parseMessage(bytes(message), true);

const TIMES = '05 01 0201 39300000 2a00000000000000 0100000000000080 0200000000000080 ffffffffffffffff';
const ANSWER = '06 00000000000000 4d00000000000000 0100000000000080 0200000000000080';
const STATE = `09 ${text('{"source":{"state":"live"}}')}`;
const TELEMETRY = `08 01 0500 ffffffff 0100000000000080 ${text('a.bé')} 0001`;

test('frame times, field by field, beyond 2^53', () => {
  assert.deepEqual(parse(TIMES), {
    type: 'frame-times', frameSeq: 42n, captureNanos: 2n ** 63n + 1n, commitNanos: 2n ** 63n + 2n, serverNanos: 2n ** 64n - 1n,
    clockErrorMicros: 12345, mayBeMissing: 258,
  });
});

test('a capture time that is not known is none, whatever stands there, and other flags mean nothing', () => {
  assert.equal(parse(TIMES.replace('05 01', '05 fe')).captureNanos, null);
  assert.equal(parse(TIMES.replace('05 01', '05 ff')).captureNanos, 2n ** 63n + 1n);
});

test('an answer about the clock', () => {
  assert.deepEqual(parse(ANSWER), { type: 'clock', askedAs: 77n, receivedNanos: 2n ** 63n + 1n, sentNanos: 2n ** 63n + 2n });
});

test('telemetry with its time', () => {
  const { payload, ...rest } = parse(TELEMETRY);
  assert.deepEqual(rest, { type: 'telemetry', subject: 'a.bé', replayed: true, receivedNanos: 2n ** 63n + 1n });
  assert.deepEqual([...payload], [0, 1]);
  assert.equal(parse(TELEMETRY.replace('08 01', '08 fe')).replayed, false);
  assert.equal(parse('08 00 0100 00000000 0000000000000000 61').payload.length, 0);
});

test('the state is an object', () => {
  assert.deepEqual(parse(STATE), { type: 'state', state: { source: { state: 'live' } } });
});

for (const [what, message] of [
  ['frame times that are too short', TIMES.slice(0, -2)],
  ['frame times that are too long', `${TIMES}00`],
  ['an answer that is too short', ANSWER.slice(0, -2)],
  ['an answer that is too long', `${ANSWER}00`],
  ['a question in place of an answer', ANSWER.slice(0, 2 + 1 + 14 + 1 + 16)],
  ['telemetry without a whole head', TELEMETRY.slice(0, 33)],
  ['telemetry that ends in its subject', '08 00 0500 00000000 0000000000000000 61626364'],
  ['a state that is no JSON', `09 ${text('{"source":')}`],
  ['a state that is no object', `09 ${text('[1]')}`],
  ['a state that is null', `09 ${text('null')}`],
  ['a state that is empty', '09'],
  ['a state that is not UTF-8', '09 7b22ff223a317d'],
]) {
  test(`malformed: ${what}`, () => assert.equal(parse(message).type, 'malformed'));
}

test('the old types stay as they are, and unknown ones mean nothing', () => {
  assert.equal(parse(`02 0100 61 00`).subject, 'a');
  for (const type of ['03', '04', '07', '0a', 'ff']) assert.equal(parse(`${type} 00`).type, 'reserved');
  for (const message of [TIMES, ANSWER, TELEMETRY, STATE]) {
    assert.equal(parseMessage(bytes(message)).type, 'reserved', 'where sdr.2 was not selected');
  }
});

test('a question about the clock', () => {
  assert.equal(hex(clockQuestion(2n ** 64n - 2n)), '0600000000000000feffffffffffffff');
});

test('feedback, byte by byte', () => {
  const said = {
    doing: Doing.WAITING_FOR_KEYFRAME, decodeQueue: 7, decodingMs: 12.6, clockErrorMicros: 1000.1,
    received: { frameSeq: 42n, atNanos: 2n ** 63n + 1n }, displayed: { frameSeq: 41n, atNanos: 2n ** 63n },
    counts: { received: 1, decoded: 2, dropped: 2 ** 32 - 1 },
  };
  assert.equal(hex(feedbackMessage(said)), [
    '07', '03', '07', '0d', 'e9030000', '2a00000000000000', '0100000000000080', '2900000000000000', '0000000000000080',
    '01000000', '02000000', 'ffffffff',
  ].join(''));
  const nothing = { doing: Doing.PAUSED, decodeQueue: 256, decodingMs: null, clockErrorMicros: 1e12, received: null, displayed: null,
    counts: { received: 0, decoded: 0, dropped: 0 } };
  assert.equal(hex(feedbackMessage(nothing)), `0701ff00ffffffff${'00'.repeat(44)}`);
  const decoding = (decodingMs) => new Uint8Array(feedbackMessage({ ...said, decodingMs }))[3];
  assert.deepEqual([0, 0.4, 254.4, 255, 1e9].map(decoding), [1, 1, 254, 255, 255], '0 says that it is not known');
});
