// What of the telemetry panel needs no page.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { MAX_SUBJECTS, Subjects } = await webModule('panel/subjects.js');
const { FEW_SUBJECTS, outline } = await webModule('panel/outline.js');
const { between, topsOf } = await webModule('panel/virtual-list.js');
const { Budget, CURVE_MS, Curve, MAX_CURVES, SubjectCurves, placeBetween } = await webModule('panel/curves.js');

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
  const curve = new Curve([]);
  for (let i = 0; i < 2000; i++) curve.add(i * 1000, i);
  curve.add(0, 1e9);
  const { times, values, low, high } = curve.until(1999000);
  assert.deepEqual([times.length, low, high], [61, 1939, 1999]);
  assert.equal(times[0], 1999000 - CURVE_MS);
  assert.equal(values.at(-1), 1999);
  const quick = new Curve([]);
  for (let i = 0; i < 2000; i++) quick.add(i, i);
  assert.equal(quick.until(2000).times.length, 600);
  assert.deepEqual(new Curve([]).until(5).times, []);
});

test('values are drawn where they are between the lowest and the highest, however far apart these are', () => {
  assert.deepEqual([1, 2, 5].map((value) => placeBetween(1, 5, value)), [0, 0.25, 1]);
  assert.equal(placeBetween(7, 7, 7), 0.5);
  const most = Number.MAX_VALUE;
  assert.deepEqual([-most, -most / 2, 0, most].map((value) => placeBetween(-most, most, value)), [0, 0.25, 0.5, 1]);
  const least = Number.MIN_VALUE;
  assert.deepEqual([0, least].map((value) => placeBetween(0, least, value)), [0, 1]);
});

/** The values of each curve, after these came a second apart. */
function curvesOf(curves, texts, { from = 1000, at = (ms) => ms } = {}) {
  texts.forEach((text, i) => {
    const payload = new TextEncoder().encode(text);
    curves.take({ payload, lengthBytes: payload.length, at: at(from + i) }, from + i);
  });
  return curves.watched.map((curve) => curve.until(from + texts.length).values);
}

test('until somebody chooses, the first number that says something is watched', () => {
  const curves = new SubjectCurves(new Budget());
  assert.deepEqual(curvesOf(curves, ['{"seq":1,"x":2}', 'no json', '{"x":"3"}', '{"x":4}']), [[2, 4]]);
  assert.deepEqual(curves.watched[0].path, ['"x"']);
  assert.equal(curves.watches(['"x"']), true);
});

test('any number can be chosen, so many of a subject, and none', () => {
  const curves = new SubjectCurves(new Budget());
  curvesOf(curves, ['{"x":2,"list":[0,7]}']);
  assert.equal(curves.choose(['"list"', 1], true), true);
  assert.deepEqual(curvesOf(curves, ['{"x":3,"list":[0,8]}', '{"x":4,"list":[]}'], { from: 2000 }), [[2, 3, 4], [8]]);
  curves.choose(['"x"'], false);
  assert.deepEqual(curves.watched.map(({ path }) => path), [['"list"', 1]]);
  curves.choose(['"list"', 1], false);
  assert.deepEqual(curvesOf(curves, ['{"x":5}'], { from: 3000 }), [], 'nobody wants the first one back');
  for (let i = 0; i < MAX_CURVES; i++) assert.equal(curves.choose([i], true), true);
  assert.equal(curves.choose([MAX_CURVES], true), false);
});

test('a value whose time is not known is no point of a curve', () => {
  const curves = new SubjectCurves(new Budget());
  assert.deepEqual(curvesOf(curves, ['{"x":1}', '{"x":2}'], { at: () => null }), []);
});

test('what is looked into for curves is bounded', () => {
  const curves = new SubjectCurves(new Budget(20));
  assert.deepEqual(curvesOf(curves, ['{"x":1}', '{"x":2}', '{"x":3}']), [[1, 2]]);
  assert.deepEqual(curvesOf(curves, ['{"x":4}'], { from: 2000 }), [[1, 2, 4]]);
});

const MANY = [...Array.from({ length: FEW_SUBJECTS }, (_, i) => `bot.arm.j${i + 10}`), 'bot.arm', 'bot.base.x', 'bot.base.y', 'other.z'].sort();

/** Indented by depth; groups with their size. */
function drawn(names, { filter = '', pinned = [], folded = [] } = {}) {
  return outline(names, { filter, pinned: new Set(pinned), folded: new Set(folded) })
    .map(({ kind, label, depth, size, open }) => `${'  '.repeat(depth)}${label}${kind === 'group' ? ` (${size})${open ? '' : ' …'}` : ''}`);
}

test('few subjects are a plain list, many a tree by their dots', () => {
  const few = ['bot.arm', 'bot.arm.j1', 'bot.arm.j2'];
  assert.deepEqual(drawn(few), few);
  assert.deepEqual(drawn(MANY, { folded: ['bot.arm'] }),
    ['bot (23)', '  arm', '  arm (20) …', '  base (2)', '    x', '    y', 'other.z']);
  assert.equal(drawn(MANY)[3], '    j10');
});

test('what all names begin with is no group', () => {
  const names = MANY.filter((name) => name.startsWith('bot.arm.')).map((name) => `deep.er.${name}`);
  assert.deepEqual(drawn([...names, 'deep.er.x'], { folded: ['deep.er.bot.arm'] }), ['deep.er.bot.arm (20) …', 'deep.er.x']);
});

test('what is pinned comes first, once', () => {
  const lines = drawn(MANY, { pinned: ['bot.base.x', 'gone'], folded: ['bot.arm'] });
  assert.deepEqual(lines, ['bot.base.x', 'bot (22)', '  arm', '  arm (20) …', '  base.y', 'other.z']);
});

test('the filter finds what lies in folded groups, whatever the case', () => {
  assert.deepEqual(drawn(MANY, { filter: ' J1', folded: ['bot.arm', 'bot'] }).length, 10);
  assert.deepEqual(drawn(MANY, { filter: 'BASE', folded: ['bot.base'] }), ['bot.base.x', 'bot.base.y']);
  assert.deepEqual(drawn(MANY, { filter: 'nothing' }), []);
});

test('hostile names make no endless tree, and each is there once', () => {
  const names = ['', '.', '..', '...', 'a', 'a.', 'a..', 'a..b', 'a-b', 'a.b', '__proto__', 'constructor.x', '<b>x</b>.y',
    ...Array.from({ length: 30 }, (_, i) => 'x.'.repeat(4 * i) + 'x')].sort();
  const lines = outline(names, { filter: '', pinned: new Set(), folded: new Set() });
  assert.deepEqual(lines.filter(({ kind }) => kind === 'subject').map(({ name }) => name).sort(), names);
  assert.equal(new Set(lines.map(({ key }) => key)).size, lines.length);
});
