import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { Backoff, KeyframeGate, RateMeter, Rejoining, SplitUnits, Withheld } = await webModule('client/flow.js');

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

test('a gap of frames that no other refers to is none for the decoder, and is counted', () => {
  const behind = (frameSeq, mayBeMissing) => ({ frameSeq, keyframe: false, mayBeMissing });
  const gate = new KeyframeGate();
  assert.deepEqual(admitted(gate, key(1n), behind(4n, 2), behind(5n, 0), behind(7n, 1), behind(10n, 1)), [1, 4, 5, 7]);
  assert.equal(gate.missed, 2 + 1 + 2);
  assert.deepEqual(admitted(gate, behind(12n, 1), key(13n), behind(13n, 9), behind(14n, 9)), [13]);
});

test('who asked for fewer frames misses none of those that the server leaves out', () => {
  const behind = (frameSeq, mayBeMissing) => ({ frameSeq, keyframe: false, mayBeMissing });
  const gate = new KeyframeGate(true);
  assert.deepEqual(admitted(gate, key(1n), behind(4n, 2), key(60n), key(120n), behind(121n, 0)), [1, 4, 60, 120, 121]);
  assert.equal(gate.missed, 0);
  assert.deepEqual(admitted(gate, behind(124n, 1), behind(125n, 0), key(126n)), [126], 'one too many is missing');
  assert.equal(gate.missed, 2);
});

test('of a reduced stream a server that cannot say which may be missing sends what can be decoded', () => {
  const gate = new KeyframeGate(true);
  assert.deepEqual(admitted(gate, key(1n), delta(4n), key(60n), delta(61n), delta(1000000n)), [1, 4, 60, 61, 1000000]);
  assert.equal(gate.missed, 0);
  assert.deepEqual(admitted(gate, delta(9n), delta(10n), key(11n)), [11], 'another writer');
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

test('what nobody wanted is no loss, up to the next keyframe', () => {
  const gate = new KeyframeGate();
  gate.admits({ frameSeq: 1n, keyframe: true });
  gate.leaveOut();
  assert.equal(gate.admits({ frameSeq: 2n, keyframe: false }), true, 'it was on its way already');
  assert.equal(gate.admits({ frameSeq: 50n, keyframe: true }), true);
  assert.deepEqual([gate.missed, gate.missedBeforeKeyframes], [0, 0]);
  gate.admits({ frameSeq: 52n, keyframe: false });
  assert.equal(gate.missed, 1);
  gate.leaveOut();
  gate.reset();
  gate.admits({ frameSeq: 1n, keyframe: true });
  gate.admits({ frameSeq: 3n, keyframe: false });
  assert.equal(gate.missed, 2, 'a new connection counts anew');
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

test('what is missing right before a keyframe is counted apart, unless it is too much to be withheld', () => {
  const gate = new KeyframeGate();
  admitted(gate, key(1n), delta(2n), key(4n), delta(7n), key(8n), key(30n));
  assert.deepEqual([gate.missed, gate.missedBeforeKeyframes], [1 + 2 + 21, 1]);
});

test('the gate tells when it waits, and when another writer begins', () => {
  const gate = new KeyframeGate();
  assert.deepEqual([gate.shut, gate.beginsAgain(key(1n))], [true, false]);
  admitted(gate, key(5n));
  assert.deepEqual([gate.shut, gate.beginsAgain(delta(5n)), gate.beginsAgain(delta(4n))], [false, false, true]);
  admitted(gate, delta(9n));
  assert.equal(gate.shut, true);
});

test('frames that the server has withheld are not lost', () => {
  const withheld = new Withheld();
  withheld.connected(0);
  assert.equal(withheld.open(0), false);
  assert.equal(withheld.open(1), true);
  assert.equal(withheld.lost(5, 1), 4, 'nothing is called a loss before that is known');
  withheld.told(1, 70);
  assert.equal(withheld.lost(5, 1), 4, 'before the first answer');
  assert.equal(withheld.open(1), false);
  // Three more are missing before keyframes, and the server has withheld two.
  withheld.told(4, 72);
  assert.equal(withheld.lost(8, 4), 5);
});

test('what is withheld and still on its way explains the next gap', () => {
  const withheld = new Withheld();
  withheld.told(0, 10);
  withheld.told(2, 13);
  withheld.told(3, 13);
  assert.equal(withheld.lost(3, 3), 0);
  withheld.told(4, 13);
  assert.equal(withheld.lost(4, 4), 1);
});

test('a server that does not say what it withholds explains nothing', () => {
  const withheld = new Withheld();
  withheld.told(2, undefined);
  assert.deepEqual([withheld.lost(2, 2), withheld.open(2)], [2, false]);
});

test('pieces of pictures are what comes when many come, until none has come for a while', () => {
  const split = new SplitUnits();
  for (let at = 4; at < 7; at++) split.continuation(at);
  assert.equal(split.holds(7), false);
  split.continuation(7);
  assert.deepEqual([split.holds(8), split.holds(2006), split.holds(2007)], [true, true, false]);
  const rare = new SplitUnits();
  for (let at = 0; at < 20; at++) rare.continuation(700 * at);
  assert.equal(rare.holds(13301), false);
});

test('who is stuck joins anew after two seconds, and more seldom while that does not help', () => {
  const rejoining = new Rejoining();
  const joined = [];
  for (let at = 0; at <= 30000; at += 100) if (rejoining.due(0, at)) joined.push(at);
  assert.deepEqual(joined, [2000, 6000, 14000, 30000]);
  rejoining.helped();
  assert.deepEqual([rejoining.due(null, 40000), rejoining.due(39000, 40999), rejoining.due(39000, 41000)], [false, false, true]);
});
