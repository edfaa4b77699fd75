import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

// A page on the server, which answers whatever is asked.
globalThis.location = { origin: 'http://robot' };
const asked = [];
globalThis.fetch = async (url) => {
  asked.push(url.href);
  const streams = [{ name: 'front', last_frame_age_ms: 1 }, { name: 'arm.wrist', last_frame_age_ms: 2 }];
  return { ok: true, status: 200, type: 'basic', json: async () => ({ nats: 'off', last_frame_age_ms: 1, streams }) };
};
const { Connection } = await webModule('client/connection.js');

async function health(url) {
  const connection = new Connection({ url, retryFirstMs: 1, retryLimitMs: 1 }, {});
  return (await connection.health()).health;
}

test('the health of a stream with a name is its own', async () => {
  assert.equal((await health('ws://robot/site/streams/arm.wrist/ws')).last_frame_age_ms, 2);
  assert.equal((await health('ws://robot/site/streams/arm.wrist/ws')).nats, 'off');
  assert.equal((await health('ws://robot/site/stream/ws')).last_frame_age_ms, 1);
  assert.equal((await health('ws://robot/streams/unknown/ws')).last_frame_age_ms, 1);
  assert.deepEqual([...new Set(asked)], ['http://robot/site/health', 'http://robot/health']);
});
