import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { AgeParts, agePartsWords, milliseconds } = await webModule('age-parts.js');

const DELAYS = {
  captureToCommitMs: 31.2, commitToServerMs: 0.08, serverToReceivedMs: 17.6, receivedToDecodedMs: 3.14, decodedToShownMs: 5.9,
  captureToShownMs: 57.9, commitToShownMs: 26.7, clockErrorMs: 0.61,
};
const statistics = (delays = {}, more = {}) =>
  ({ delays: { ...DELAYS, ...delays }, protocol: 'sdr.2', clock: { errorMs: 0.6, roundTripMs: 1 }, ...more });

test('each part of the way, their sum, and how exact that is', () => {
  const { rows, note } = agePartsWords(statistics());
  assert.deepEqual(rows, [
    ['Camera and encoder', '31 ms'], ['To the server', '0.1 ms'], ['Server to here', '18 ms'], ['Decoding', '3.1 ms'],
    ['Drawing', '5.9 ms'], ['From capture to drawn', '58 ms'],
  ]);
  assert.equal(note, 'Exact to ± 0.7 ms. The screen comes after that, one refresh or more.');
});

test('an error is never stated less than it is', () => {
  assert.match(agePartsWords(statistics({ clockErrorMs: 0.05 })).note, /± 0\.1 ms/);
  assert.match(agePartsWords(statistics({ clockErrorMs: 30.2 })).note, /± 31 ms/);
});

test('without capture times the sum is from the commit, and that is said', () => {
  const { rows, note } = agePartsWords(statistics({ captureToCommitMs: null, captureToShownMs: null }));
  assert.deepEqual([rows[0], rows.at(-1)], [['Camera and encoder', 'not known'], ['From commit to drawn', '27 ms']]);
  assert.match(note, /the age begins with the commit\. Exact to/);
});

test('what an old server does not say is not known', () => {
  const nothing = Object.fromEntries(Object.keys(DELAYS).map((name) => [name, null]));
  const old = agePartsWords({ delays: { ...nothing, receivedToDecodedMs: 2 }, protocol: '', clock: null });
  assert.deepEqual(old.rows.map(([, text]) => text), ['not known', 'not known', 'not known', '2.0 ms', 'not known', 'not known']);
  assert.match(old.note, /the age begins when they came here/);
  assert.match(agePartsWords({ delays: nothing, protocol: 'sdr.2', clock: null }).note, /not known yet/);
});

test('while there is no connection nothing is said of the server', () => {
  const nothing = Object.fromEntries(Object.keys(DELAYS).map((name) => [name, null]));
  assert.equal(agePartsWords({ delays: nothing, protocol: '', clock: null }, false).note, 'There is no connection.');
});

test('milliseconds', () => {
  assert.deepEqual([null, -0.4, 0, 9.94, 9.96, 1234.5].map(milliseconds), ['not known', '0.0 ms', '0.0 ms', '9.9 ms', '10 ms', '1235 ms']);
});

test('Escape closes what is open, and means what it means elsewhere when nothing is', () => {
  const part = () => Object.assign(new EventTarget(), { hidden: true, children: [], setAttribute() {}, append() {} });
  globalThis.document = { createElement: part };
  const [button, box] = [part(), part()];
  new AgeParts(button, box);
  const escape = () => Object.assign(new Event('keydown', { cancelable: true }), { key: 'Escape' });
  button.dispatchEvent(new Event('click'));
  assert.equal(box.hidden, false);
  for (const taken of [true, false]) {
    const event = escape();
    button.dispatchEvent(event);
    assert.deepEqual([box.hidden, event.defaultPrevented], [true, taken]);
  }
});
