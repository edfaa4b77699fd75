import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { WEB_FOLDER, webModule } from './web-module.mjs';

const { WHYS, stateOf } = await webModule('client/state.js');
const { unsupportedCodec } = await webModule('client/problems.js');
const { Codec } = await webModule('client/protocol.js');

const OPEN = { phase: 'open', reason: 'open', why: 'joining', message: 'Connected.', httpStatus: null, retryAt: null };

/** A viewer that has seen a picture of this connection and is connected for long. */
const SEEN = {
  connection: OPEN, problem: null, paused: false, hidden: false, resuming: false, shownBefore: true, shownNow: true, ageKnown: true,
  young: true, pictureOld: false, connectedForMs: 60000, arrived: true, arriving: false, justArrived: false, errors: 0, gaps: 0,
  server: 'not-asked',
};
const OLD = { ...SEEN, young: false, pictureOld: true };
const NEVER = { ...SEEN, shownBefore: false, shownNow: false, ageKnown: false, young: false, arrived: false };

const found = (facts) => {
  const { state, why } = stateOf(facts);
  return `${state}, ${why}`;
};

test('every cause is declared once, in the module and in its types', () => {
  const types = readFileSync(`${WEB_FOLDER}/client/index.d.ts`, 'utf8');
  const declared = [...types.match(/export type Why = ([^;]*);/)[1].matchAll(/'([a-z-]+)'/g)].map((match) => match[1]);
  assert.deepEqual([...WHYS].sort(), declared.sort());
  assert.equal(new Set(WHYS).size, WHYS.length);
});

test('the robot is blamed only when the server says that it gets nothing', () => {
  assert.equal(found(SEEN), 'live, live');
  assert.equal(found(OLD), 'stale, unexplained');
  assert.equal(found({ ...OLD, server: 'has-none' }), 'stale, no-frames');
  assert.equal(found({ ...OLD, server: 'silent' }), 'stale, no-answer');
  assert.equal(found({ ...OLD, server: 'unreadable' }), 'stale, unexplained');
  assert.equal(found({ ...OLD, server: 'has-newer' }), 'stale, not-arriving');
  assert.equal(found({ ...OLD, arriving: true, errors: 3, server: 'has-none' }), 'stale, undecodable');
  assert.equal(found({ ...OLD, arriving: true, gaps: 3 }), 'stale, no-keyframe');
  assert.equal(found({ ...OLD, arriving: true }), 'stale, decoder-slow');
});

test('a reduced stream is not live, and no worse than it must be', () => {
  const reduced = { ...SEEN, reduced: true };
  assert.equal(found(reduced), 'stale, reduced');
  assert.equal(stateOf(reduced).pictureOld, true, 'to steer by');
  assert.equal(found({ ...OLD, reduced: true, arriving: true }), 'stale, decoder-slow');
  assert.equal(found({ ...reduced, paused: true }), 'paused, paused');
  assert.equal(found({ ...NEVER, reduced: true }), 'waiting, unexplained');
});

test('nobody is blamed right after a reconnect', () => {
  const again = { ...OLD, shownNow: false, connectedForMs: 999, server: 'has-none' };
  assert.equal(found(again), 'stale, joining');
  assert.equal(found({ ...again, connectedForMs: 1000 }), 'stale, no-frames');
  assert.equal(found({ ...NEVER, connectedForMs: 999, server: 'has-none' }), 'waiting, joining');
});

test('before the first picture', () => {
  assert.equal(found(NEVER), 'waiting, unexplained');
  assert.equal(found({ ...NEVER, server: 'has-none' }), 'waiting, no-frames');
  assert.equal(found({ ...NEVER, server: 'has-newer' }), 'waiting, no-keyframe');
  assert.equal(found({ ...NEVER, server: 'silent' }), 'waiting, no-answer');
  assert.equal(found({ ...NEVER, arrived: true, arriving: true, gaps: 9 }), 'waiting, no-keyframe');
  assert.equal(found({ ...NEVER, arrived: true, arriving: true }), 'waiting, decoder-slow', 'a keyframe is in the decoder');
  assert.equal(found({ ...NEVER, arrived: true, arriving: true, errors: 9 }), 'waiting, undecodable');
  assert.equal(found({ ...NEVER, arrived: true, justArrived: true, server: 'has-none' }), 'waiting, joining');
  assert.equal(stateOf({ ...NEVER, server: 'has-newer' }).reason, 'no-keyframe');
  assert.equal(stateOf({ ...NEVER, server: 'has-none' }).reason, 'no-video');
});

test('a resumed picture is not stale until it had the time to come', () => {
  const resuming = { ...OLD, resuming: true };
  assert.equal(found(resuming), 'paused, resuming');
  assert.equal(found({ ...resuming, resuming: false }), 'stale, unexplained');
  assert.equal(found({ ...OLD, paused: true }), 'paused, paused');
  assert.equal(found({ ...OLD, hidden: true }), 'paused, hidden');
});

test('when pictures come again that is said before the alarm ends', () => {
  assert.equal(found({ ...OLD, young: true }), 'stale, recovering');
  assert.equal(found({ ...OLD, justArrived: true }), 'stale, recovering');
});

test('what became of the connection comes first', () => {
  const lost = { ...OPEN, phase: 'retrying', reason: 'lost', why: 'lost' };
  assert.equal(found({ ...OLD, connection: lost }), 'reconnecting, lost');
  assert.equal(stateOf({ ...OLD, connection: lost }).pictureOld, true);
  assert.equal(found({ ...OLD, connection: { ...lost, phase: 'failed', why: 'mixed-content' } }), 'failed, mixed-content');
  assert.equal(found({ ...OLD, problem: unsupportedCodec(Codec.HEVC, 'hev1') }), 'unsupported, codec-unsupported');
});

test('a condition of the stream is said where it keeps pictures from being shown', () => {
  const stream = (facts) => {
    const { state, why, condition, message } = stateOf(facts);
    return [state, why, condition, message.length > 20];
  };
  const split = { condition: 'split_units' };
  assert.deepEqual(stream({ ...OLD, ...split, arriving: true, errors: 9 }), ['stale', 'stream', 'split_units', true]);
  assert.deepEqual(stream({ ...NEVER, ...split, server: 'has-newer' }), ['waiting', 'stream', 'split_units', true]);
  assert.equal(found({ ...NEVER, ...split, server: 'has-none' }), 'waiting, no-frames');
  assert.equal(found({ ...SEEN, ...split }), 'live, live', 'while pictures are shown');
  const problem = { reason: 'decoder', why: 'undecodable', message: 'It fails.' };
  assert.deepEqual(stream({ ...OLD, problem, condition: 'profile' }), ['unsupported', 'stream', 'profile', true]);
  assert.equal(found({ ...OLD, problem, condition: '' }), 'unsupported, undecodable');
});

test('that the encoder has been asked is said only when the server says so', () => {
  const { keyframeAsked, message } = stateOf({ ...NEVER, server: 'has-newer', keyframeAsked: true });
  assert.deepEqual([keyframeAsked, /has been asked/.test(message)], [true, true]);
  const silent = stateOf({ ...NEVER, server: 'has-newer' });
  assert.deepEqual([silent.why, silent.keyframeAsked, /asked/.test(silent.message)], ['no-keyframe', false, false]);
  assert.equal(stateOf({ ...SEEN, keyframeAsked: true }).keyframeAsked, false);
});
