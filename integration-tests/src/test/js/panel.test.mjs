// What of the telemetry panel needs no page.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { MAX_SUBJECTS, Subjects } = await webModule('panel/subjects.js');
const { between, topsOf } = await webModule('panel/virtual-list.js');
const { CURVE_MS, Curve, SubjectCurves, Budget } = await webModule('panel/curves.js');

const value = (subject, text, more = {}) => {
  const payload = new TextEncoder().encode(text);
  return { subject, payload, lengthBytes: payload.length, arrivedAt: 1000, receivedAt: null, kept: false, count: 1, ...more };
};

test('a value\'s age is the time since it came, unless it came before the page did', () => {
  const subjects = new Subjects();
  const ageOf = (more) => {
    subjects.take({ values: [value('a', '1', more)], others: 0 });
    return subjects.get('a').ageMs(3000);
  };
  assert.equal(ageOf({}), 2000);
  assert.equal(ageOf({ kept: true, count: 0 }), null, 'nobody knows');
  assert.equal(ageOf({ kept: true, count: 0, receivedAt: -27000 }), 30000, 'the server knows');
  assert.equal(ageOf({ receivedAt: 1500 }), 1500);
  assert.equal(ageOf({ receivedAt: 3010 }), 0, 'clocks that do not quite agree');
});

test('kept values are no messages of now', () => {
  const subjects = new Subjects();
  for (let i = 0; i < 20; i++) {
    subjects.take({ values: [value('a', '1', { arrivedAt: 1000 + 100 * i, count: 5 }), value('b', '1', { kept: true, count: 0 })], others: 0 });
  }
  assert.equal(Math.round(subjects.get('a').perSecond(2900)), 50);
  assert.equal(subjects.get('b').perSecond(2900), 0);
});

test('so many subjects are listed, the messages of others counted', () => {
  const subjects = new Subjects();
  const values = Array.from({ length: MAX_SUBJECTS + 40 }, (_, i) => value(`s${i}`, '1', { count: 2 }));
  assert.equal(subjects.take({ values, others: 7 }).length, MAX_SUBJECTS);
  assert.equal(subjects.take({ values, others: 0 }).length, 0);
  assert.equal(subjects.size, MAX_SUBJECTS);
  assert.equal(subjects.unlisted, 7 + 2 * 2 * 40);
  assert.equal(subjects.get('s0').version, 2);
});

test('a value does not keep alive what else came with it', () => {
  const subjects = new Subjects();
  const all = new Uint8Array(100000);
  subjects.take({ values: [value('a', '', { payload: all.subarray(500, 510), lengthBytes: 10 })], others: 0 });
  assert.equal(subjects.get('a').payload.buffer.byteLength, 10);
});

test('only the rows that can be seen are chosen, whatever their heights', () => {
  const tops = topsOf([10, 100, 10, 10]);
  assert.deepEqual([...tops], [0, 10, 110, 120, 130]);
  assert.deepEqual(between(tops, 0, 10), { first: 0, end: 1 });
  assert.deepEqual(between(tops, 10, 110), { first: 1, end: 2 });
  assert.deepEqual(between(tops, 50, 115), { first: 1, end: 3 });
  assert.deepEqual(between(tops, -50, 1000), { first: 0, end: 4 });
  assert.deepEqual(between(tops, 500, 600), { first: 4, end: 4 });
  assert.deepEqual(between(tops, 20, 20), { first: 0, end: 0 });
  assert.deepEqual(between(topsOf([]), 0, 100), { first: 0, end: 0 });
});

test('a curve is of the last minute, and of a bounded number of values', () => {
  const curve = new Curve();
  for (let i = 0; i < 2000; i++) curve.add(i * 1000, i);
  curve.add(0, 1e9);
  const { times, values, low, high } = curve.until(1999000);
  assert.deepEqual([times.length, low, high], [61, 1939, 1999]);
  assert.equal(times[0], 1999000 - CURVE_MS);
  assert.equal(values.at(-1), 1999);
  const quick = new Curve();
  for (let i = 0; i < 2000; i++) quick.add(i, i);
  assert.equal(quick.until(2000).times.length, 600);
  assert.deepEqual(new Curve().until(5).times, []);
});

test('what is looked into for curves is bounded, and of a value whose time is not known no point is made', () => {
  const curves = new SubjectCurves(new Budget(45));
  const take = (text, at) => {
    const payload = new TextEncoder().encode(text);
    curves.take({ payload, lengthBytes: payload.length, at }, at ?? 0);
  };
  take('{"seq":1,"x":2}', 1000);
  take('{"seq":1,"x":3}', null);
  assert.deepEqual(curves.first.path, ['"x"']);
  assert.deepEqual(curves.first.curve.until(1000).values, [2]);
  take('{"seq":1,"x":4}', 1500);
  take('{"seq":1,"x":5}', 1600);
  take('{"seq":1,"x":6}', 2600);
  assert.deepEqual(curves.first.curve.until(2600).values, [2, 4, 6]);
});
