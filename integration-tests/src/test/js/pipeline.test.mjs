import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { GroupBuffer } = await webModule('client/pipeline.js');

const unit = (index, keyframe, bytes = 10) => ({ index, arrivedAt: 0, message: { keyframe, payload: new Uint8Array(bytes) } });
const indexes = (units) => units.map((entry) => entry.index);

test('the group buffer keeps from the last keyframe on', () => {
  const buffer = new GroupBuffer();
  const thrownAway = [unit(0, false), unit(1, true), unit(2, false), unit(3, true), unit(4, false)].map((entry) => buffer.add(entry));
  assert.deepEqual(thrownAway, [1, 0, 0, 2, 0]);
  assert.deepEqual(indexes(buffer.take()), [3, 4]);
  assert.deepEqual(buffer.take(), []);
});

test('a group that grows too large is given up until the next keyframe', () => {
  const buffer = new GroupBuffer();
  buffer.add(unit(0, true, 9 * 1024 * 1024));
  assert.equal(buffer.add(unit(1, false, 9 * 1024 * 1024)), 2);
  assert.equal(buffer.add(unit(2, false)), 1);
  buffer.add(unit(3, true));
  assert.deepEqual(indexes(buffer.take()), [3]);
});
