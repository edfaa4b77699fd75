import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HandClock } from './hand-clock.mjs';
import { webModule } from './web-module.mjs';

const { GATHER_MS, TelemetryBatch, TelemetryGathering } = await webModule('client/telemetry-batch.js');
const { SdrClient, TelemetryValue } = await webModule('client/index.js');

const bytes = (text) => new TextEncoder().encode(text);
const message = (subject, text, more = {}) => ({ subject, payload: bytes(text), ...more });
const LONG_CONNECTED = -100000;

function batch() {
  const made = new TelemetryBatch();
  made.connected(LONG_CONNECTED);
  return made;
}

/** What came, as text. */
function texts({ values, bytes: all }) {
  let at = 0;
  return values.map(({ subject, sentBytes }) => `${subject}=${new TextDecoder().decode(all.subarray(at, at += sentBytes))}`);
}

test('of each subject the newest value is handed over, and how many came', () => {
  const made = batch();
  made.add(message('a', '1'), 10);
  made.add(message('b', 'other'), 11);
  made.add(message('a', '22'), 12);
  const taken = made.take();
  assert.deepEqual(texts(taken), ['a=22', 'b=other']);
  assert.deepEqual(taken.values.map(({ count, arrivedAt }) => [count, arrivedAt]), [[2, 12], [1, 11]]);
  assert.equal(made.empty, true);
  assert.deepEqual(made.take().values, []);
});

test('what comes first on a connection may be from before it, and counts for nothing', () => {
  const made = new TelemetryBatch();
  made.connected(1000);
  made.add(message('slow', 'kept'), 1100);
  made.add(message('quick', 'kept'), 1100);
  made.add(message('quick', 'new'), 1200);
  assert.deepEqual(made.take().values.map(({ kept, count }) => [kept, count]), [[true, 0], [false, 1]]);
  made.add(message('slow', 'new'), 2900);
  made.add(message('late', 'kept, over a slow link'), 2950);
  made.add(message('later', 'kept, over a slow link'), 3400);
  made.add(message('new', 'half a second after the last one that was kept'), 3950);
  assert.deepEqual(made.take().values.map(({ kept }) => kept), [false, true, true, false]);
  made.connected(9000);
  made.add(message('slow', 'kept'), 9001);
  assert.equal(made.take().values[0].kept, true, 'on each connection anew');
});

test('where the server says it, that counts', () => {
  const made = new TelemetryBatch();
  made.connected(1000);
  made.add(message('a', '1', { replayed: false, serverMs: 1050 }), 1100);
  made.add(message('b', '1', { replayed: true, serverMs: -5000 }), 60000);
  assert.deepEqual(made.take().values.map(({ kept, count, serverMs }) => [kept, count, serverMs]),
    [[false, 1, 1050], [true, 0, -5000]]);
});

test('ten thousand subjects and long values are bounded', () => {
  const made = batch();
  for (let i = 0; i < 10000; i++) made.add(message(`s${i}`, 'x'.repeat(10)), 1);
  made.add(message('s0', 'y'.repeat(100000)), 2);
  const { values, bytes: all, others } = made.take();
  assert.equal(values.length, 1000);
  assert.equal(others, 9000);
  assert.deepEqual([values[0].count, values[0].lengthBytes, values[0].sentBytes], [2, 100000, 65536]);
  assert.equal(all.length, 65536 + 999 * 10);
});

test('what comes alone goes at once, what comes in numbers a few times a second', (context) => {
  const clock = new HandClock(5000);
  clock.rule(context);
  const handed = [];
  const gathering = new TelemetryGathering((gathered) => handed.push([clock.nowMs, ...texts(gathered)]), () => clock.nowMs);
  gathering.add(message('a', '1'), clock.nowMs);
  assert.deepEqual(handed, [[5000, 'a=1']]);
  for (let i = 2; i < 40; i++) {
    clock.pass(10);
    gathering.add(message('a', String(i)), clock.nowMs);
  }
  assert.deepEqual(handed.map(([at]) => at), [5000, 5000 + GATHER_MS, 5000 + 2 * GATHER_MS, 5000 + 3 * GATHER_MS]);
  assert.equal(handed.at(-1)[1], 'a=30', 'the newest');
  gathering.stop();
  assert.equal(handed.at(-1)[1], 'a=39', 'nothing is left behind');
  clock.pass(GATHER_MS * 3);
  assert.equal(handed.length, 5);
  gathering.add(message('a', 'again'), clock.nowMs);
  assert.equal(handed.at(-1)[1], 'a=again');
});

test('the client hands a batch on as values', () => {
  assert.equal(typeof SdrClient, 'function');
  const value = new TelemetryValue({
    subject: 'a', payload: bytes('{"x":1}'), arrivedAt: 3, count: 2, serverMs: null, kept: false, lengthBytes: 7,
  });
  assert.deepEqual(value.json(), { x: 1 });
  assert.deepEqual([value.count, value.kept, value.receivedAt, value.lengthBytes, value.arrivedAt], [2, false, null, 7, 3]);
});
