import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WEB_FOLDER, webModule } from './web-module.mjs';
import { readFileSync } from 'node:fs';

const { Watchdog, WHYS, blockedBy, causeOfThrow } = await webModule('sdr-client.js');

const ADDRESSES = { stream: new URL('http://robot:8080/stream/ws'), health: new URL('http://robot:8080/health') };
const violation = (blockedURI, more = {}) => ({ effectiveDirective: 'connect-src', disposition: 'enforce', blockedURI, ...more });

test('what the Content-Security-Policy forbids is known by its address', () => {
  assert.equal(blockedBy(violation('ws://robot:8080/stream/ws?token=x'), ADDRESSES), 'stream');
  assert.equal(blockedBy(violation('ws://robot:8080'), ADDRESSES), 'stream', 'a browser that tells the origin alone');
  assert.equal(blockedBy(violation('http://robot:8080/health'), ADDRESSES), 'health');
  assert.equal(blockedBy(violation('ws://elsewhere:8080/stream/ws'), ADDRESSES), null);
  assert.equal(blockedBy(violation('inline'), ADDRESSES), null);
  assert.equal(blockedBy(violation('ws://robot:8080/stream/ws', { disposition: 'report' }), ADDRESSES), null);
  assert.equal(blockedBy(violation('ws://robot:8080/stream/ws', { effectiveDirective: 'script-src' }), ADDRESSES), null);
});

test('a socket that may not be made at all is explained', () => {
  const mixed = causeOfThrow('SecurityError', 'ws://robot', 'https:');
  assert.equal(mixed.why, 'mixed-content');
  assert.match(mixed.message, /SDR_TLS_CERT_FILE/);
  assert.equal(causeOfThrow('SyntaxError', 'ftp://robot', 'http:').why, 'bad-address');
  assert.ok(WHYS.includes('bad-address'));
});

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

test('no request of the client is without a time limit', () => {
  for (const name of ['sdr-client.js', 'sdr-mse.js', 'player.js']) {
    const source = readFileSync(`${WEB_FOLDER}/${name}`, 'utf8');
    const requests = [...source.matchAll(/\bfetch\(([^;]*);/g)].map((match) => match[1]);
    for (const request of requests) assert.match(request, /signal/, `${name}: fetch(${request}`);
  }
});
