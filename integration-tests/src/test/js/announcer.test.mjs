import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HandClock } from './hand-clock.mjs';
import { webModule } from './web-module.mjs';

const { Announcer } = await webModule('announcer.js');

function listener() {
  const clock = new HandClock();
  const heard = [];
  const announcer = new Announcer((text) => heard.push([clock.nowMs, text]), clock);
  return { clock, heard, announcer };
}

test('a state that lasts does not replace what was just said before it could be taken up', () => {
  const { clock, heard, announcer } = listener();
  announcer.state('No video.');
  clock.pass(590);
  announcer.say('Copied.');
  clock.pass(5000);
  assert.deepEqual(heard, [[590, 'Copied.'], [1590, 'No video.']]);
});

test('a state that is passed through is not said, nor one that is there already', () => {
  const { clock, heard, announcer } = listener();
  announcer.state('Live.');
  clock.pass(2000);
  announcer.state('Stale.');
  clock.pass(500);
  announcer.state('Live.');
  clock.pass(5000);
  assert.deepEqual(heard, [[600, 'Live.']]);
});

test('a state told again and again is said in time', () => {
  const { clock, heard, announcer } = listener();
  for (let i = 0; i < 20; i++) {
    announcer.state('Live.');
    clock.pass(100);
  }
  assert.deepEqual(heard, [[600, 'Live.']]);
});

test('of states that follow one another while a text stands only the last is said', () => {
  const { clock, heard, announcer } = listener();
  for (const text of ['a', 'b', 'c']) announcer.say(text);
  announcer.state('Stale.');
  clock.pass(1000);
  announcer.state('Live.');
  clock.pass(10000);
  assert.deepEqual(heard, [[0, 'a'], [1000, 'b'], [2000, 'c'], [3000, 'Live.']]);
});

test('the same done twice is told twice', () => {
  const { clock, heard, announcer } = listener();
  announcer.say('Copied.');
  clock.pass(3000);
  announcer.say('Copied.');
  clock.pass(3000);
  assert.deepEqual(heard, [[0, 'Copied.'], [3000, ''], [3100, 'Copied.']]);
});

test('who does it fast is not told for ever', () => {
  const { clock, heard, announcer } = listener();
  for (let i = 0; i < 100; i++) announcer.say(`Screenshot ${i}.`);
  clock.pass(60000);
  assert.equal(heard.length, 4);
});
