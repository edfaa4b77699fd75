import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { Backoff, KeyframeGate, RateMeter } = await webModule('client/flow.js');

const key = (frameSeq) => ({ frameSeq, keyframe: true });
const delta = (frameSeq) => ({ frameSeq, keyframe: false });
const admitted = (gate, ...messages) => messages.filter((message) => gate.admits(message)).map((message) => Number(message.frameSeq));

test('the gate opens at a keyframe and stays open while nothing is missing', () => {
  assert.deepEqual(admitted(new KeyframeGate(), key(7n), delta(8n), delta(9n), key(10n), delta(11n)), [7, 8, 9, 10, 11]);
});

test('after a gap the gate is shut until the next keyframe, and what is missing is counted', () => {
  const gate = new KeyframeGate();
  assert.deepEqual(admitted(gate, key(1n), delta(2n), delta(5n), delta(6n), key(7n), delta(8n)), [1, 2, 7, 8]);
  assert.equal(gate.missed, 2);
});

test('a keyframe after a gap passes', () => {
  assert.deepEqual(admitted(new KeyframeGate(), key(1n), key(30n), delta(31n)), [1, 30, 31]);
});

test('a sequence that begins again is no gap, but needs a keyframe', () => {
  const gate = new KeyframeGate();
  assert.deepEqual(admitted(gate, key(100n), delta(1n), key(2n), delta(3n)), [100, 2, 3]);
  assert.equal(gate.missed, 0);
});

test('a repeated frame does not pass', () => {
  assert.deepEqual(admitted(new KeyframeGate(), key(1n), delta(2n), delta(2n)), [1, 2]);
});

test('a connection that does not begin with a keyframe comes from a server that does not gate', () => {
  assert.deepEqual(admitted(new KeyframeGate(), delta(1n), delta(2n), delta(9n)), [1, 2, 9]);
});

test('a new connection begins anew: no gap is counted, a keyframe is needed', () => {
  const gate = new KeyframeGate();
  admitted(gate, delta(1n));
  gate.reset();
  assert.deepEqual(admitted(gate, key(50n), delta(52n)), [50]);
  assert.equal(gate.missed, 1);
});

test('a jump that no loss explains is a restart, of which nothing is missing', () => {
  for (const jump of [2n ** 64n - 1n, 2n ** 63n, 1000002n + 7n]) {
    const gate = new KeyframeGate();
    gate.admits({ frameSeq: 7n, keyframe: true });
    assert.equal(gate.admits({ frameSeq: jump, keyframe: false }), false);
    assert.equal(gate.admits({ frameSeq: 8n, keyframe: true }), true);
    assert.equal(gate.missed, 0);
  }
  const gate = new KeyframeGate();
  gate.admits({ frameSeq: 7n, keyframe: true });
  gate.admits({ frameSeq: 1000008n, keyframe: false });
  assert.equal(gate.missed, 1000000);
});

test('waiting times double up to their limit', () => {
  const backoff = new Backoff(250, 2000, () => 0);
  assert.deepEqual(Array.from({ length: 6 }, () => backoff.next()), [250, 500, 1000, 2000, 2000, 2000]);
  backoff.reset();
  assert.equal(backoff.next(), 250);
});

test('chance takes away at most half of a waiting time', () => {
  const backoff = new Backoff(1000, 1000, () => 0.999999);
  assert.ok(Math.abs(backoff.next() - 500) < 0.01);
});

test('a long row of failures does not overflow', () => {
  const backoff = new Backoff(250, 2000, () => 0);
  for (let i = 0; i < 5000; i++) backoff.next();
  assert.equal(backoff.next(), 2000);
});

test('a steady beat is measured exactly, between the beats too', () => {
  const meter = new RateMeter(2000);
  for (let ms = 0; ms <= 4000; ms += 40) meter.add(ms);
  assert.equal(meter.perSecond(4000), 25);
  assert.equal(meter.perSecond(4039), 25);
});

test('a slow beat is not underrated', () => {
  const meter = new RateMeter(5000);
  for (let ms = 0; ms <= 10000; ms += 1000) meter.add(ms);
  assert.equal(meter.perSecond(10900), 1);
});

test('a rate falls when nothing comes, and is zero after the window', () => {
  const meter = new RateMeter(2000);
  for (let ms = 0; ms <= 2000; ms += 100) meter.add(ms);
  const soon = meter.perSecond(2500);
  const later = meter.perSecond(3500);
  assert.ok(soon < 10 && later < soon, `${soon} ${later}`);
  assert.equal(meter.perSecond(4200), 0);
});

test('amounts count, not entries', () => {
  const meter = new RateMeter(2000);
  for (let ms = 0; ms <= 1000; ms += 100) meter.add(ms, 500);
  assert.equal(meter.perSecond(1000), 5000);
});
