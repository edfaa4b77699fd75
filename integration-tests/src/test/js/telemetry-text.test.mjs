import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { MAX_JSON_CHARACTERS, MAX_JSON_DEPTH, firstNumber, indented, numberAt, readJson } = await webModule('panel/json-text.js');
const { Budget } = await webModule('panel/curves.js');
const { readable, readableLine } = await webModule('panel/value-text.js');

const shown = (text) => readable(new TextEncoder().encode(text));
const line = (text) => readableLine(new TextEncoder().encode(text));
const nested = (depth, inside = '') => '['.repeat(depth) + inside + ']'.repeat(depth);
const MOST_MS = 200;

/** So generous that no machine's load decides; what it guards against took 14 seconds and more. */
function quickly(action) {
  const from = performance.now();
  action();
  const tookMs = performance.now() - from;
  assert.ok(tookMs < MOST_MS, `${tookMs} ms`);
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
    '{', '  "pose": { "x": 1.5, "y": -2 },', '  "joints": [', '    0.25,', '    0.5,', '    0.75,', '    1,', '    1.25,',
    '    1.5,', '    1.75', '  ],', '  "ok": true,', '  "none": [],', '  "nil": {}', '}'].join('\n'));
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
  assert.equal(readable(Uint8Array.of(0xff, 0x00)), '2 bytes: ff 00');
  assert.equal(readable(new Uint8Array(0)), '0 bytes');
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
    quickly(() => {
      const { part } = readJson(text);
      if (part !== null) firstNumber(part);
    });
  }
});

test('long texts are cut, also in the middle of a character, and their length is said', () => {
  const long = 'é'.repeat(200000);
  assert.equal(shown(long), `${'é'.repeat(4000)}\n… 400000 bytes in all`);
  assert.equal(shown(`[${'1,'.repeat(MAX_JSON_CHARACTERS)}1]`).startsWith('[1,1,'), true, 'too long to be taken apart');
  assert.match(shown(`[${'1,'.repeat(8000)}1]`), /^\[\n  1,\n[^]*… 16003 bytes in all$/);
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
  assert.equal(indented(readJson('[1]').part, 10), '[ 1 ]');
});
