import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { ServerClock, fromServer, stepOf, toServer } = await webModule('client/server-clock.js');

const NOW = 1.7e12;
const MS = 1000000n;
const STEP = 0.1;

/** The server's clock shows 5 s when this one shows NOW. */
const onServer = (clientMs) => 5000n * MS + BigInt(Math.round((clientMs - NOW) * 1e6));

/** Asks, and has it answered: so long on the way there, at the server, and back. */
function exchange(clock, at, { there, stay = 0, back, serverOf = onServer }) {
  const askedAs = clock.ask(at);
  const receivedNanos = serverOf(at + there);
  return clock.answered({ askedAs, receivedNanos, sentNanos: receivedNanos + BigInt(Math.round(stay * 1e6)) }, at + there + stay + back);
}

const close = (actual, expected, by) => assert.ok(Math.abs(actual - expected) <= by, `${actual} is not ${expected} ± ${by}`);

test('nothing is known before the first answer', () => {
  const clock = new ServerClock(STEP);
  clock.ask(NOW);
  assert.equal(clock.estimate(NOW), null);
});

test('a way that is as long there as back gives the exact time, whatever the server takes for its answer', () => {
  const clock = new ServerClock(STEP);
  assert.equal(exchange(clock, NOW, { there: 20, stay: 7, back: 20 }), true);
  const estimate = clock.estimate(NOW + 47);
  close(estimate.roundTripMs, 40, 0.001);
  close(estimate.errorMs, 20 + STEP, 0.001);
  close(estimate.offsetMs, 5000 - NOW, 0.001);
  close(fromServer(estimate, 5100n * MS), NOW + 100, 0.001);
  close(Number(toServer(estimate, NOW + 100)) / 1e6, 5100, 0.001);
});

test('however lopsided the way, the truth lies within the stated error', () => {
  for (const [there, back] of [[0, 50], [50, 0], [3, 11], [0, 0]]) {
    const clock = new ServerClock(STEP);
    exchange(clock, NOW, { there, back });
    const { offsetMs, errorMs } = clock.estimate(NOW + there + back);
    close(offsetMs, 5000 - NOW, errorMs);
  }
});

test('the shortest round trip counts, until it is so old that clocks may have parted by more', () => {
  const clock = new ServerClock(STEP);
  exchange(clock, NOW, { there: 1, back: 1 });
  exchange(clock, NOW + 2000, { there: 30, back: 10 });
  close(clock.estimate(NOW + 2040).roundTripMs, 2, 0.001);
  close(clock.estimate(NOW + 12000).errorMs, 1 + STEP + 1.2, 0.001);
  exchange(clock, NOW + 14000, { there: 1.5, back: 1.5 });
  close(clock.estimate(NOW + 14003).roundTripMs, 3, 0.001);
});

test('a clock that stood still is believed no more', () => {
  const clock = new ServerClock(STEP);
  exchange(clock, NOW, { there: 1, back: 1 });
  const later = (clientMs) => onServer(clientMs) + 3000n * MS;
  exchange(clock, NOW + 2000, { there: 5, back: 5, serverOf: later });
  close(clock.estimate(NOW + 2010).offsetMs, 8000 - NOW, 0.001);
});

test('only answers to open questions count, once, and only possible ones', () => {
  const clock = new ServerClock(STEP);
  const askedAs = clock.ask(NOW);
  const at = { receivedNanos: onServer(NOW), sentNanos: onServer(NOW) };
  assert.equal(clock.answered({ askedAs: askedAs + 1n, ...at }, NOW + 1), false);
  assert.equal(clock.answered({ askedAs, ...at, sentNanos: at.receivedNanos - 1n }, NOW + 1), false, 'sent before it came');
  assert.equal(clock.answered({ askedAs, ...at, sentNanos: onServer(NOW + 9) }, NOW + 1), false, 'longer there than away');
  assert.equal(clock.estimate(NOW + 1), null);
  const again = clock.ask(NOW + 10);
  const answer = { askedAs: again, receivedNanos: onServer(NOW + 11), sentNanos: onServer(NOW + 11) };
  assert.equal(clock.answered(answer, NOW + 12), true);
  assert.equal(clock.answered(answer, NOW + 12), false, 'twice');
  const old = clock.ask(NOW + 20);
  for (let i = 1; i <= 4; i++) clock.ask(NOW + 20 + i);
  assert.equal(clock.answered({ ...answer, askedAs: old }, NOW + 30), false, 'given up');
});

test('it asks five times at the start and every two seconds then', () => {
  const clock = new ServerClock(STEP);
  const asked = [];
  for (let at = NOW; at < NOW + 7000; at += 100) {
    if (!clock.due(at)) continue;
    clock.ask(at);
    asked.push(at - NOW);
  }
  assert.deepEqual(asked, [0, 100, 200, 300, 400, 2400, 4400, 6400]);
});

test('times that no u64 has become one', () => {
  assert.equal(toServer({ offsetMs: -5, errorMs: 0, roundTripMs: 0 }, 0), 2n ** 64n - 5000000n);
});

test('the step of a clock is the least that it was seen to make', () => {
  const shown = [0, 0, 0, 1, 1, 1.5, 1.5, 3, 3, 5, 5, 8];
  assert.equal(stepOf(() => shown.shift()), 0.5);
});
