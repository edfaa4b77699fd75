// Which subprotocol is offered to servers that know it, and to those that do not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { Negotiation } = await webModule('client/negotiation.js');

const OWN = false;
const FOREIGN = true;

/** What is offered after each of these answers to failed handshakes. */
function offers(negotiation, ...answers) {
  return answers.map(([status, foreign]) => [negotiation.failed(status, foreign), negotiation.offered.join()]);
}

test('sdr.2 is offered, and no more where a WebSocket is that does not select it', () => {
  const negotiation = new Negotiation();
  assert.deepEqual(negotiation.offered, ['sdr.2']);
  assert.deepEqual(offers(negotiation, [426, OWN]), [[true, '']], 'again at once');
  negotiation.opened('');
  assert.deepEqual(negotiation.offered, []);
});

test('where nothing helps each is tried in turn', () => {
  assert.deepEqual(offers(new Negotiation(), [426, OWN], [426, OWN], [426, OWN]), [[true, ''], [false, 'sdr.2'], [true, '']]);
  assert.deepEqual(offers(new Negotiation(), [404, OWN], [400, OWN]), [[false, ''], [false, 'sdr.2']], 'other servers, at their pace');
});

test('a refusal, or nobody there, says nothing of it', () => {
  const answers = [401, 403, 502, 503, 504, null].map((status) => [status, OWN]);
  assert.deepEqual(offers(new Negotiation(), ...answers), answers.map(() => [false, 'sdr.2']));
});

test('answers that a page may not read may be those of an old server, if no new one was there before', () => {
  assert.deepEqual(offers(new Negotiation(), [null, FOREIGN], [null, FOREIGN]), [[false, ''], [false, 'sdr.2']]);
  const negotiation = new Negotiation();
  negotiation.opened('sdr.2');
  assert.deepEqual(offers(negotiation, [null, FOREIGN], [404, FOREIGN]), [[false, 'sdr.2'], [false, 'sdr.2']]);
  assert.deepEqual(offers(negotiation, [426, FOREIGN]), [[true, '']], 'an older one has taken its place');
});
