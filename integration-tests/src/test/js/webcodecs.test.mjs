import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { Decoding } = await webModule('client/webcodecs.js');

/** Sends in 0, 1, 2 …; before each of `outputs` as many as it says. */
function decoded(sent, outputs) {
  const decoding = new Decoding();
  for (let i = 0; i < sent; i++) decoding.sent(i, `unit ${i}`, 1000 + i);
  return outputs.map((key) => decoding.came(key));
}

test('every picture finds its frame, whatever the order in which decoders give them back', () => {
  // I P B B P B B: what Chromium gives back when they are sent in so.
  const came = decoded(7, [0, 2, 3, 1, 5, 6, 4]);
  assert.deepEqual(came.map(({ unit }) => unit), [0, 2, 3, 1, 5, 6, 4].map((i) => `unit ${i}`));
  assert.deepEqual(came.map(({ overtakenBy }) => overtakenBy), [0, 0, 0, 2, 0, 0, 2]);
  assert.deepEqual(came.map(({ lost }) => lost), [0, 0, 0, 0, 0, 0, 0]);
});

test('pictures in order cost nothing', () => {
  assert.deepEqual(decoded(3, [0, 1, 2]).map(({ overtakenBy, lost }) => [overtakenBy, lost]), [[0, 0], [0, 0], [0, 0]]);
});

test('what does not come out is counted once, when it cannot come any more', () => {
  const came = decoded(30, [0, 1, ...Array.from({ length: 26 }, (_, i) => i + 4)]);
  assert.equal(came.reduce((sum, { lost }) => sum + lost, 0), 2, '2 and 3 never came');
});

test('what was not sent in, or came before, is nobody\'s', () => {
  assert.deepEqual(decoded(1, [7, 0, 0]).map((came) => came?.unit ?? null), [null, 'unit 0', null]);
});

test('how long the oldest waits, and how many are left when it is given up', () => {
  const decoding = new Decoding();
  assert.equal(decoding.oldestSentAt, null);
  decoding.sent(5, 'a', 100);
  decoding.sent(6, 'b', 200);
  assert.equal(decoding.oldestSentAt, 100);
  decoding.came(5);
  assert.equal(decoding.oldestSentAt, 200);
  assert.equal(decoding.clear(), 1);
  assert.equal(decoding.size, 0);
});
