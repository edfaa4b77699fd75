import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { Watchdog } = await webModule('client/placement.js');

function watched() {
  const seen = { nowMs: 0, quiet: 0, silent: 0 };
  const dog = new Watchdog({ quiet: () => seen.quiet++, silent: () => seen.silent++ }, () => seen.nowMs);
  const look = (afterMs) => {
    seen.nowMs += afterMs;
    dog.look();
  };
  return { dog, seen, look };
}

test('a worker that is quiet for two seconds, and silent for five, is reported once each', () => {
  const { seen, look } = watched();
  for (let i = 0; i < 4; i++) look(1000);
  assert.deepEqual([seen.quiet, seen.silent], [1, 0]);
  for (let i = 0; i < 10; i++) look(1000);
  assert.deepEqual([seen.quiet, seen.silent], [1, 1]);
});

test('one that speaks is not, and one that speaks again is welcome', () => {
  const { dog, seen, look } = watched();
  for (let i = 0; i < 40; i++) {
    look(1000);
    assert.equal(dog.heard(), false);
  }
  assert.equal(seen.silent, 0);
  for (let i = 0; i < 6; i++) look(1000);
  assert.equal(seen.silent, 1);
  assert.equal(dog.heard(), true);
  assert.equal(dog.heard(), false);
});

test('a page that was asleep does not blame its worker', () => {
  const { seen, look } = watched();
  for (let i = 0; i < 4; i++) look(1000);
  look(3600000);
  for (let i = 0; i < 4; i++) look(1000);
  assert.equal(seen.silent, 0);
});
