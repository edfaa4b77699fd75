import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { Watchdog } = await webModule('client/placement.js');

function watched() {
  const seen = { nowMs: 0, barks: 0 };
  const dog = new Watchdog(() => seen.barks++, () => seen.nowMs);
  const look = (afterMs) => {
    seen.nowMs += afterMs;
    dog.look();
  };
  return { dog, seen, look };
}

test('a worker that is silent for five seconds is reported once', () => {
  const { seen, look } = watched();
  for (let i = 0; i < 4; i++) look(1000);
  assert.equal(seen.barks, 0);
  for (let i = 0; i < 10; i++) look(1000);
  assert.equal(seen.barks, 1);
});

test('one that speaks is not, and one that speaks again is welcome', () => {
  const { dog, seen, look } = watched();
  for (let i = 0; i < 40; i++) {
    look(1000);
    assert.equal(dog.heard(), false);
  }
  assert.equal(seen.barks, 0);
  for (let i = 0; i < 6; i++) look(1000);
  assert.equal(seen.barks, 1);
  assert.equal(dog.heard(), true);
  assert.equal(dog.heard(), false);
});

test('a page that was asleep does not blame its worker', () => {
  const { seen, look } = watched();
  for (let i = 0; i < 4; i++) look(1000);
  look(3600000);
  for (let i = 0; i < 4; i++) look(1000);
  assert.equal(seen.barks, 0);
});
