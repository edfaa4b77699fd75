// When what is said of a viewer, as the bytes say it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { Feedback, LatelyLeast } = await webModule('client/feedback.js');
const { Doing } = await webModule('client/sdr2.js');

const NOW = 50000;
const NONE = { received: 0, decoded: 0, dropped: 0 };
// The server's clock is 1000 ms ahead.
const CLOCK = { offsetMs: 1000, errorMs: 2.5, roundTripMs: 5 };
const { PLAYING, PAUSED } = Doing;

function said(buffer) {
  const view = new DataView(buffer);
  const frame = (at) => [Number(view.getBigUint64(at, true)), Number(view.getBigUint64(at + 8, true)) / 1e6];
  return {
    doing: view.getUint8(1), queue: view.getUint8(2), decodingMs: view.getUint8(3),
    errorMicros: view.getUint32(4, true), received: frame(8), displayed: frame(24),
    counts: [40, 44, 48].map((at) => view.getUint32(at, true)),
  };
}

const take = (feedback, { doing = PLAYING, decodeQueue = 0, counts = NONE } = {}, clock = CLOCK, now = NOW) =>
  said(feedback.take({ doing, decodeQueue, counts }, clock, now));

test('what came and what is shown, in the time of the server, and what has happened since', () => {
  const feedback = new Feedback({ received: 100, decoded: 90, dropped: 5 });
  feedback.received(41n, NOW - 30, 0);
  feedback.received(42n, NOW - 10, 0);
  feedback.displayed(41n, NOW - 5, 3);
  const first = take(feedback, { decodeQueue: 3, counts: { received: 102, decoded: 91, dropped: 5 } });
  assert.deepEqual(first, {
    doing: 0, queue: 3, decodingMs: 3, errorMicros: 2500, received: [42, NOW + 990], displayed: [41, NOW + 995], counts: [2, 1, 0],
  });
  assert.deepEqual(take(feedback, { counts: { received: 103, decoded: 93, dropped: 6 } }).counts, [1, 2, 1]);
});

test('while the clock is not known no frame can be told of', () => {
  const feedback = new Feedback(NONE);
  feedback.received(42n, NOW, null);
  feedback.displayed(42n, NOW, 3);
  const { errorMicros, decodingMs, received, displayed } = take(feedback, {}, null);
  assert.deepEqual([errorMicros, decodingMs, received, displayed], [0, 0, [0, 0], [0, 0]]);
});

test('what was shown is told of only while its number means that frame and no other', () => {
  const shown = (feedback) => take(feedback).displayed[0];
  const feedback = new Feedback(NONE);
  feedback.received(500n, NOW, 0);
  feedback.displayed(500n, NOW, 3);
  assert.equal(shown(feedback), 500);
  feedback.received(1n, NOW, 0);
  assert.equal(shown(feedback), 0, 'another writer');
  feedback.displayed(1n, NOW, 3);
  feedback.received(1n, NOW, 0);
  assert.equal(shown(feedback), 0, 'the same group once more');
  feedback.displayed(1n, NOW, 3);
  for (let seq = 2n; seq <= 65n; seq++) feedback.received(seq, NOW, 0);
  assert.equal(shown(feedback), 1);
  feedback.received(66n, NOW, 0);
  assert.equal(shown(feedback), 0, 'longer ago than the server remembers');
});

test('it is said five times a second, and at once when what is done changes', () => {
  const feedback = new Feedback(NONE);
  assert.equal(feedback.due(PLAYING, NOW), true, 'at the beginning');
  take(feedback);
  assert.equal(feedback.due(PLAYING, NOW + 194), false);
  assert.equal(feedback.due(PLAYING, NOW + 195), true);
  assert.equal(feedback.due(PAUSED, NOW + 1), true);
  take(feedback, { doing: PAUSED });
  assert.equal(feedback.due(PAUSED, NOW + 100), false);
  assert.equal(feedback.due(PLAYING, NOW + 100), true);
});

test('of each frame while they come more than 50 ms later than they could, but not 200 times a second', () => {
  const feedback = new Feedback(NONE);
  const frame = (seq, at, delayMs) => {
    feedback.received(seq, at, delayMs);
    const due = feedback.due(PLAYING, at);
    if (due) take(feedback, {}, CLOCK, at);
    return due;
  };
  take(feedback);
  assert.deepEqual([frame(1n, NOW + 10, -7), frame(2n, NOW + 30, 43)], [false, false]);
  assert.equal(frame(3n, NOW + 50, 43.1), true);
  assert.equal(frame(4n, NOW + 55, 99), false, 'too soon');
  assert.equal(feedback.due(PLAYING, NOW + 60), true, 'it is still to be told of');
  assert.equal(frame(5n, NOW + 70, 43), false, 'over');
  assert.equal(frame(6n, NOW + 90, null), false, 'not known');
});

test('the least is forgotten after 30 s', () => {
  const least = new LatelyLeast();
  assert.equal(least.with(5, 0), 5);
  assert.equal(least.with(9, 20000), 5);
  assert.equal(least.with(7, 30900), 5);
  assert.equal(least.with(8, 31000), 7);
  assert.equal(least.with(6, 31100), 6);
});
