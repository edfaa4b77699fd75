import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { DelayMeter, captureOf, delaysOf, wayOf } = await webModule('client/delays.js');

const MS = 1000000n;
// The server's clock is 1000 ms ahead of this one.
const CLOCK = { offsetMs: 1000, errorMs: 3, roundTripMs: 5 };
const TIMES = { captureNanos: 2000n * MS, commitNanos: 2030n * MS, serverNanos: 2032n * MS, clockErrorMicros: 500 };
const UNIT = { times: TIMES, arrivedAt: 1050, decodedAt: 1060 };
const UNKNOWN = { capturedAt: null, committedAt: null, serverAt: null, clockErrorMs: null };

test('the way of a picture in the time of this machine, and what each part of it takes', () => {
  const way = wayOf(TIMES, CLOCK);
  assert.deepEqual(way, { capturedAt: 1000, committedAt: 1030, serverAt: 1032, clockErrorMs: 3.5 });
  assert.deepEqual(delaysOf(UNIT, way, 1070), {
    captureToCommitMs: 30, commitToServerMs: 2, serverToReceivedMs: 18, receivedToDecodedMs: 10, decodedToShownMs: 10,
    captureToShownMs: 70, commitToShownMs: 40, clockErrorMs: 3.5,
  });
});

test('what the server does not say, or before its clock is known, is not known', () => {
  for (const [times, clock] of [[null, CLOCK], [TIMES, null]]) {
    const way = wayOf(times, clock);
    assert.deepEqual(way, UNKNOWN);
    assert.deepEqual(Object.values(delaysOf({ ...UNIT, times: null }, way, 1070)), [null, null, null, 10, 10, null, null, null]);
  }
  assert.equal(delaysOf(UNIT, UNKNOWN, 1070).commitToServerMs, 2, 'it needs no clock of ours');
  const way = wayOf({ ...TIMES, captureNanos: null }, CLOCK);
  assert.deepEqual([way.capturedAt, way.committedAt], [null, 1030]);
});

test('a capture time that cannot be is none', () => {
  const capture = (captureNanos) => captureOf({ ...TIMES, captureNanos });
  assert.equal(capture(2030n * MS), 2030n * MS);
  assert.equal(capture(2030n * MS + 1n), null, 'after the commit');
  assert.equal(captureOf({ captureNanos: 0n, commitNanos: 10000n * MS }), 0n);
  assert.equal(captureOf({ captureNanos: 0n, commitNanos: 10000n * MS + 1n }), null, 'another clock');
});

test('medians over two seconds', () => {
  const meter = new DelayMeter();
  const add = (at, receivedToDecodedMs) => meter.add(at, { ...delaysOf(UNIT, UNKNOWN, 1070), receivedToDecodedMs });
  const median = (at) => meter.medians(at).receivedToDecodedMs;
  assert.equal(median(0), null);
  for (const [at, delay] of [[0, 9], [500, 100], [1000, 3], [1500, 1], [2000, 2]]) add(at, delay);
  assert.equal(median(2000), 3);
  assert.equal(median(2001), 3);
  assert.equal(median(3100), 2);
  assert.equal(meter.medians(3100).captureToShownMs, null);
  meter.reset();
  assert.equal(median(3100), null);
});
