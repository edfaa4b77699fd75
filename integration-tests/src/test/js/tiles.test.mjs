import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { Pictures } = await webModule('tiles.js');

test('a picture is there for as long as the connection that brought it', () => {
  const player = Object.assign(new EventTarget(), { client: null });
  const pictures = new Pictures(player);
  const shows = (frameSeq) => player.dispatchEvent(new CustomEvent('frame', { detail: { frameSeq } }));
  assert.equal(pictures.last, null);
  player.client = {};
  assert.equal(pictures.last, null);
  shows(1n);
  shows(2n);
  assert.deepEqual([pictures.last, pictures.painted], [{ frameSeq: 2n }, 2]);
  player.client = null;
  assert.equal(pictures.last, null, 'its canvas is gone');
  player.client = {};
  assert.equal(pictures.last, null, 'that of the next one is empty');
  shows(3n);
  assert.deepEqual([pictures.last, pictures.painted], [{ frameSeq: 3n }, 3]);
});
