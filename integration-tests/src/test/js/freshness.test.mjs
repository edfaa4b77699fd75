import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { Freshness } = await webModule('sdr-client.js');

const STALE_MS = 500;

function connected(atMs) {
  const freshness = new Freshness(STALE_MS);
  freshness.connected(atMs);
  return freshness;
}

test('nothing is known of the first frames until the server has said how old its newest is', () => {
  const freshness = connected(10000);
  assert.equal(freshness.writtenBy(10020), null);
  freshness.answered(10030, 12);
  assert.equal(freshness.writtenBy(10020), 10018);
  assert.equal(freshness.writtenBy(10010), 10010, 'no older than it must be');
});

test('what comes after the answer of a server with young frames is as old as its arrival', () => {
  const freshness = connected(10000);
  freshness.answered(10030, 12);
  assert.equal(freshness.writtenBy(10040), 10040);
});

test('a dead writer\'s frames are as old as the server says, however slowly they come', () => {
  const freshness = connected(10000);
  freshness.answered(10030, 7000);
  assert.equal(freshness.writtenBy(10020), 3030);
  assert.equal(freshness.writtenBy(14000), 3030);
});

test('when a frame comes after an old answer the server is to be asked again', () => {
  const freshness = connected(10000);
  freshness.arrived(10020);
  freshness.answered(10030, 7000);
  assert.equal(freshness.doubtful, false, 'it came before');
  freshness.arrived(12000);
  assert.equal(freshness.doubtful, true);
  freshness.answered(12050, 51);
  assert.equal(freshness.doubtful, false);
  assert.equal(freshness.writtenBy(12000), 11999);
  assert.equal(freshness.writtenBy(12100), 12100);
});

test('young answers need not be asked for again', () => {
  const freshness = connected(10000);
  freshness.answered(10030, STALE_MS);
  freshness.arrived(10040);
  assert.equal(freshness.doubtful, false);
});

test('a server that has had no frame yet keeps no old ones', () => {
  const freshness = connected(10000);
  freshness.answered(10030, null);
  assert.equal(freshness.writtenBy(10025), 10025);
});

test('where nobody may be asked, only what comes a while after connecting is taken for live', () => {
  const freshness = connected(10000);
  assert.equal(freshness.writtenBy(10249), null);
  assert.equal(freshness.writtenBy(10250), 10250);
});

test('a new connection begins anew', () => {
  const freshness = connected(10000);
  freshness.answered(10030, 10);
  freshness.connected(20000);
  assert.equal(freshness.writtenBy(20010), null);
  assert.equal(freshness.doubtful, false);
});
