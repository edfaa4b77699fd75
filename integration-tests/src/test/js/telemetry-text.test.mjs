import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { MAX_JSON_CHARACTERS, MAX_JSON_DEPTH, firstNumber, indented, numberAt, numbersIn, readJson } = await webModule('panel/json-text.js');
const { Budget } = await webModule('panel/curves.js');
const { copyable, readable, readableLine } = await webModule('panel/value-text.js');

const shown = (text, whole) => readable(new TextEncoder().encode(text), undefined, whole).text;
const line = (text) => readableLine(new TextEncoder().encode(text));
const nested = (depth, inside = '') => '['.repeat(depth) + inside + ']'.repeat(depth);
const MOST_MS = 200;

/** Of processor time, so that no machine's load decides; what it guards against took 14 seconds and more. */
function quickly(action) {
  const before = process.cpuUsage();
  action();
  const { user } = process.cpuUsage(before);
  assert.ok(user / 1000 < MOST_MS, `${user / 1000} ms`);
}

test('numbers keep every digit, whatever a double makes of them', () => {
  for (const number of ['9007199254740993', '18446744073709551615', '1e400', '-1E-400', '1.10', '0.1000000000000000055',
    '-0', 'NaN', '-Infinity']) {
    assert.equal(shown(number), number);
    assert.equal(shown(`{"a":${number}}`), `{ "a": ${number} }`);
  }
});

test('keys that come twice are shown twice, and the last one is drawn', () => {
  const text = '{"v":1, "v":2, "__proto__": 3}';
  assert.equal(shown(text), '{ "v": 1, "v": 2, "__proto__": 3 }');
  const { part } = readJson(text);
  assert.equal(numberAt(part, firstNumber(part)), 2);
});

test('what fits on a line stays on one, the rest is indented', () => {
  assert.equal(shown('{"pose":{"x":1.5,"y":-2},"joints":[0.25,0.5,0.75,1,1.25,1.5,1.75],"ok":true,"none":[],"nil":{}}'), [
    '{', '  "pose": { "x": 1.5, "y": -2 },', '  "joints": [', '    0.25, 0.5, 0.75, 1, 1.25, 1.5,', '    1.75', '  ],', '  "ok": true,', '  "none": [],', '  "nil": {}', '}'].join('\n'));
});

test('strings read as people write them, but nothing becomes invisible or turns the line round', () => {
  assert.equal(shown('"caf\\u00e9 \\ud83e\\udd16"'), '"café 🤖"');
  for (const escaped of ['"\\u202e"', '"\\u0000"', '"\\ud800"', '"\\\\u00e9"', '"\\u0022"', '"\\n"', '"a\\"b"']) {
    assert.equal(shown(escaped), escaped);
  }
});

test('what is no JSON is shown as it came', () => {
  for (const text of ['{"a":1', '[1,]', '{,}', '[1 2]', '{"a" 1}', '{a:1}', 'ready', '1 2', '"open', '"open\\', '[1]]', '{"a":}',
    ']', ' ', '-']) {
    assert.equal(shown(text), text);
  }
  assert.equal(readable(Uint8Array.of(0xff, 0x00)).text, '2 bytes: ff 00');
  assert.equal(readable(new Uint8Array(0)).text, '0 bytes');
});

test('arrays fill lines, and of long ones the begin is shown until all is asked for', () => {
  const numbers = (count) => Array.from({ length: count }, (_, i) => 1000 + i);
  assert.equal(shown(JSON.stringify(numbers(9))),
    '[\n  1000, 1001, 1002, 1003, 1004, 1005,\n  1006, 1007, 1008\n]');
  const long = JSON.stringify({ list: numbers(500) });
  assert.match(shown(long), /1010, 1011,\n {4}… 488 more\n {2}\]\n\}$/);
  assert.match(shown(long, true), /1498, 1499\n {2}\]\n\}$/);
  const objects = JSON.stringify(numbers(30).map((i) => ({ i, name: 'a name that fills the line by itself' })));
  assert.match(shown(objects), /\},\n {2}… 18 more\n\]$/);
  const bytes = (text) => new TextEncoder().encode(text);
  assert.deepEqual([readable(bytes(long)).shortened, readable(bytes(long), undefined, true).shortened], [true, false]);
  assert.equal(readable(bytes('x'.repeat(5000))).shortened, true);
  assert.equal(readable(bytes('[1, 2]')).shortened, false);
});

test('what is copied is all of it, as it came', () => {
  const text = JSON.stringify(Array.from({ length: 9000 }, (_, i) => i));
  assert.equal(copyable(new TextEncoder().encode(text)), text);
  assert.equal(copyable(Uint8Array.of(0xff, 0x0a)), 'ff 0a');
});

test('the numbers of a value are found by their paths, so many of them', () => {
  const paths = (text, most = 10) => numbersIn(readJson(text).part, most);
  assert.deepEqual(paths('{"t":1,"arm":{"q":[2,{"v":3}],"name":"4"},"ok":true}'),
    [['"t"'], ['"arm"', '"q"', 0], ['"arm"', '"q"', 1, '"v"']]);
  assert.deepEqual(paths('7'), [[]]);
  assert.deepEqual(paths('"7"'), []);
  assert.equal(paths(`[${'1,'.repeat(5000)}1]`, 60).length, 60);
});

test('nested too deep it is shown as it came, and says so', () => {
  assert.equal(shown(nested(MAX_JSON_DEPTH, '1')).startsWith('[\n  [\n'), true);
  assert.equal(shown(nested(MAX_JSON_DEPTH + 1, '1')),
    `${nested(MAX_JSON_DEPTH + 1, '1')}\n… as it came: nested more than ${MAX_JSON_DEPTH} deep`);
});

test('hostile texts of every kind cost next to nothing', () => {
  const objects = '{"a":'.repeat(3000);
  for (const text of ['['.repeat(4096), nested(2048), '[['.repeat(30000), objects, `${objects}1${'}'.repeat(3000)}`,
    `[${'[],'.repeat(5000)}[]]`, `[${nested(30, '[1,2,3,4,5,6,7,8,9,10,11,12,13],'.repeat(200).slice(0, -1))}]`,
    `"${'\\'.repeat(16000)}`, `"${'\\u00e9'.repeat(2000)}"`, '-'.repeat(16000), '1'.repeat(16000), `${' '.repeat(16000)}x`,
    `{${'"k":1,'.repeat(2500)}"k":1}`, '{"x":'.repeat(31) + '1'.repeat(9000)]) {
    quickly(() => assert.ok(shown(text).length < 4100, text.slice(0, 20)));
    quickly(() => assert.ok(line(text).length < 200, text.slice(0, 20)));
    quickly(() => assert.ok(shown(text, true).length < 40100, text.slice(0, 20)));
    quickly(() => {
      const { part } = readJson(text);
      if (part === null) return;
      firstNumber(part);
      assert.ok(numbersIn(part, 60).length <= 60);
    });
  }
});

test('long texts are cut, also in the middle of a character, and their length is said', () => {
  const long = 'é'.repeat(200000);
  assert.equal(shown(long), `${'é'.repeat(4000)}\n… 400000 bytes in all`);
  assert.equal(shown(`[${'1,'.repeat(MAX_JSON_CHARACTERS)}1]`).startsWith('[1,1,'), true, 'too long to be taken apart');
  assert.match(shown(`[${'1234,'.repeat(3000)}1]`, true), /^\[\n  1234, [^]*1234,\s+1\n\]$/);
  assert.match(shown(`{${'"key":"a value",'.repeat(900)}"key":0}`), /^\{\n {2}"key": "a value",\n[^]*… 14409 bytes in all$/);
  assert.ok(shown(`[${'[[[1,2]],3],'.repeat(1300)}1]`, true).length < 40100);
  assert.match(shown(`${'é'.repeat(100000)}`.slice(0, 33000)), /… 66000 bytes in all$/);
});

test('on one line nothing is longer than it may be, and what is no JSON loses its line breaks', () => {
  assert.equal(line('{"pose":{"x":1.50,"y":-2},"ok":true,"none":[]}'), '{ "pose": { "x": 1.50, "y": -2 }, "ok": true, "none": [] }');
  assert.equal(line('one\n  two'), 'one two');
  assert.match(line(`[${'1234567,'.repeat(100)}1]`), /^\[ 1234567, .{149} …$/);
  assert.match(line(`["${'x'.repeat(1000)}"]`), /^\[ "x{157} …$/);
  assert.match(line(`["${'é'.repeat(5000)}"]`), /^\["é{158} …$/);
  assert.equal(readableLine(Uint8Array.of(0xc3)), '1 bytes: c3');
  assert.equal(readableLine(new Uint8Array(0)), '0 bytes');
});

test('the first number is no counter and no time stamp', () => {
  const path = (text) => firstNumber(readJson(text).part);
  assert.deepEqual(path('{"t":1,"stamp_ns":2,"seq":3,"arm":{"name":"a","joints":[{"q":0.5}]}}'),
    ['"arm"', '"joints"', 0, '"q"']);
  assert.deepEqual(path('4.5'), []);
  assert.equal(path('{"a":{"b":{"c":{"d":{"e":1}}}}}'), null);
  assert.equal(path('["1", true, null]'), null);
  assert.equal(numberAt(readJson('{"a":1e400}').part, ['"a"']), null, 'nothing that a curve can show');
  assert.equal(numberAt(readJson('{"b":1}').part, ['"a"']), null);
  assert.equal(numberAt(readJson('[]').part, ['"a"', 0]), null);
});

test('a budget is spent once a second', () => {
  const budget = new Budget(100);
  assert.deepEqual([budget.spend(5000, 60), budget.spend(5100, 60), budget.spend(5200, 40), budget.spend(5999, 1)],
    [true, false, true, false]);
  assert.equal(budget.spend(6000, 100), true);
  assert.deepEqual(indented(readJson('[1]').part, 10, false), { text: '[ 1 ]', shortened: false });
});
