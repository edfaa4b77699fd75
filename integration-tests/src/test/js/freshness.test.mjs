import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { FrameInterval, Freshness, StaleAlarm } = await webModule('client/freshness.js');

const STALE_MS = 500;

function connected(atMs) {
  const freshness = new Freshness(STALE_MS);
  freshness.connected(atMs);
  return freshness;
}

test('nothing is known of the first frames until the server has said how old its newest is', () => {
  const freshness = connected(10000);
  assert.equal(freshness.writtenBy(10020), null);
  freshness.answered(10030, 12);
  assert.equal(freshness.writtenBy(10020), 10018);
  assert.equal(freshness.writtenBy(10010), 10010, 'no older than it must be');
});

test('what comes after the answer of a server with young frames is as old as its arrival', () => {
  const freshness = connected(10000);
  freshness.answered(10030, 12);
  assert.equal(freshness.writtenBy(10040), 10040);
});

test('a dead writer\'s frames are as old as the server says, however slowly they come', () => {
  const freshness = connected(10000);
  freshness.answered(10030, 7000);
  assert.equal(freshness.writtenBy(10020), 3030);
  assert.equal(freshness.writtenBy(14000), 3030);
});

test('when a frame comes after an old answer the server is to be asked again', () => {
  const freshness = connected(10000);
  freshness.arrived(10020);
  freshness.answered(10030, 7000);
  assert.equal(freshness.doubtful, false, 'it came before');
  freshness.arrived(12000);
  assert.equal(freshness.doubtful, true);
  freshness.answered(12050, 51);
  assert.equal(freshness.doubtful, false);
  assert.equal(freshness.writtenBy(12000), 11999);
  assert.equal(freshness.writtenBy(12100), 12100);
});

test('young answers need not be asked for again', () => {
  const freshness = connected(10000);
  freshness.answered(10030, STALE_MS);
  freshness.arrived(10040);
  assert.equal(freshness.doubtful, false);
});

test('a server that has had no frame yet keeps no old ones', () => {
  const freshness = connected(10000);
  freshness.answered(10030, null);
  assert.equal(freshness.writtenBy(10025), 10025);
});

test('where nobody may be asked, only what comes a while after connecting is taken for live', () => {
  const freshness = connected(10000);
  assert.equal(freshness.writtenBy(10249), null);
  assert.equal(freshness.writtenBy(10250), 10250);
});

test('a new connection begins anew', () => {
  const freshness = connected(10000);
  freshness.answered(10030, 10);
  freshness.connected(20000);
  assert.equal(freshness.writtenBy(20010), null);
  assert.equal(freshness.doubtful, false);
});

function intervalOf(arrivals) {
  const interval = new FrameInterval();
  arrivals.forEach(([nowMs, frameSeq]) => interval.arrived(nowMs, BigInt(frameSeq)));
  return interval.milliseconds;
}

test('the interval is that of the writing', () => {
  assert.equal(intervalOf([[0, 1]]), null);
  assert.equal(intervalOf([[0, 1], [1000, 2]]), null, 'the first may have been a replay');
  assert.equal(intervalOf([[0, 1], [1000, 2], [2000, 3]]), 1000);
  assert.equal(intervalOf([[0, 1], [100, 4], [200, 7], [300, 10]]), 100 / 3, 'two of three never came');
  assert.equal(intervalOf([[0, 1], [400, 2], [400, 3], [800, 4], [801, 5], [1200, 6]]), 200, 'two at a time');
  assert.equal(intervalOf([[0, 1], [1, 2], [2, 3], [900, 4], [1900, 5]]), 1000, 'after a replay of three');
});

test('neither a stall nor a restart of the writer makes an interval', () => {
  const steady = [0, 1, 2, 3, 4, 5, 6].map((i) => [i * 33, i]);
  assert.equal(intervalOf([...steady, [5000, 7], [5001, 8], [5033, 9]]), 33);
  assert.equal(intervalOf([...steady, [5000, 1], [5033, 2]]), 33);
  assert.equal(intervalOf([...steady, [231, 2 ** 40], [264, 2 ** 40 + 1]]), 33);
});

/** How often the alarm begins, looked at every 100 ms, when pictures come at these times. */
function alarms(pictures, untilMs, alarm = new StaleAlarm(500), interval = new FrameInterval()) {
  let began = 0;
  let shownAt = null;
  let next = 0;
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 100) {
    while (next < pictures.length && pictures[next] <= nowMs) {
      interval.arrived(pictures[next], BigInt(next));
      shownAt = pictures[next++];
    }
    if (shownAt === null) continue;
    const before = alarm.raised;
    if (alarm.check(nowMs, nowMs - shownAt, alarm.limitMs(interval.milliseconds)) && !before) began++;
  }
  return began;
}

const every = (intervalMs, fromMs, untilMs) => {
  const times = [];
  for (let at = fromMs; at <= untilMs; at += intervalMs) times.push(at);
  return times;
};

test('a camera with a frame a second raises no alarm', () => {
  assert.equal(alarms(every(1000, 0, 20000), 20000), 0);
  assert.equal(alarms(every(1000, 0, 20000).map((at, i) => at + (i % 2) * 300), 20000), 0, 'nor an unsteady one');
});

test('a stream of 30 frames a second is stale after half a second, and one alarm is enough', () => {
  const pictures = every(33, 0, 2000);
  const alarm = new StaleAlarm(500);
  const interval = new FrameInterval();
  assert.equal(alarms(pictures, 2400, alarm, interval), 0);
  assert.equal(alarm.check(2500, 520, alarm.limitMs(interval.milliseconds)), true);
  assert.equal(alarms(pictures, 60000), 1);
});

test('a stream that falls to a frame a second does not alarm again and again', () => {
  assert.ok(alarms([...every(33, 0, 3000), ...every(1000, 4000, 30000)], 30000) <= 2);
});

test('hiccups of 700 ms, one a second, are one or two alarms, not thirty', () => {
  const pictures = every(33, 0, 30000).filter((at) => at % 1000 < 300);
  assert.ok(alarms(pictures, 30000) <= 3);
});

test('the alarm ends a quarter of a second after pictures are young again', () => {
  const alarm = new StaleAlarm(500);
  assert.equal(alarm.check(1000, 501, 500), true);
  assert.equal(alarm.check(2000, 10, 500), true);
  assert.equal(alarm.check(2249, 10, 500), true);
  assert.equal(alarm.check(2250, 10, 500), false);
  assert.equal(alarm.check(3000, 501, 500), true, 'back soon');
  assert.equal(alarm.check(4000, 10, 500), true);
  assert.equal(alarm.check(4999, 10, 500), true);
  assert.equal(alarm.check(5000, 10, 500), false);
});
