import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { WEB_FOLDER, webModule } from './web-module.mjs';

const { Codec, FrameInterval, StaleAlarm, WHYS, causeOfAnswer, noWebCodecs, stateOf, unsupportedCodec } =
  await webModule('sdr-client.js');

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
  const types = readFileSync(`${WEB_FOLDER}/sdr-client.d.ts`, 'utf8');
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

test('what the server answers instead of a WebSocket', () => {
  const why = (status, body = '', token = false) => {
    const cause = causeOfAnswer({ status, body, origin: 'http://here', token });
    assert.ok(WHYS.includes(cause.why) && cause.message.length > 10);
    return `${cause.why}${cause.refused ? ' (refused)' : ''}`;
  };
  assert.equal(why(401), 'unauthorized (refused)');
  assert.equal(why(401, '', true), 'token-wrong (refused)');
  assert.equal(why(403, 'This origin is not allowed\n'), 'origin-refused (refused)');
  assert.equal(why(403, 'This host is not allowed\n'), 'host-refused (refused)');
  assert.equal(why(503, 'All places are taken\n'), 'full (refused)');
  assert.equal(why(503, 'All places for this address are taken\n'), 'full-for-address (refused)');
  assert.equal(why(503, 'The server is stopping\n'), 'server-stopping');
  assert.equal(why(503, '<html>Service Unavailable</html>'), 'proxy');
  assert.equal(why(502), 'proxy');
  assert.equal(why(504), 'proxy');
  assert.equal(why(426), 'no-websocket');
  assert.equal(why(404), 'http-error');
});

test('what a browser lacks is named', () => {
  assert.equal(unsupportedCodec(Codec.H264, 'avc1.64001F').why, 'codec-unsupported');
  const none = unsupportedCodec(Codec.H264, 'avc1.64001F', false);
  assert.equal(none.why, 'decoder-missing');
  assert.doesNotMatch(none.message, /[Ll]et the robot send/);
  assert.equal(noWebCodecs(Codec.H264, true, 'https:').why, 'decoder-missing');
  assert.equal(noWebCodecs(Codec.H264, false, 'http:').why, 'insecure-context');
  assert.doesNotMatch(noWebCodecs(Codec.H264, false, 'https:').message, /Open this page through https/);
});

// ---- interval and alarm ----------------------------------------------------------------------------------------------

function intervalOf(arrivals) {
  const interval = new FrameInterval();
  arrivals.forEach(([nowMs, frameSeq]) => interval.arrived(nowMs, BigInt(frameSeq)));
  return interval.milliseconds;
}

test('the interval is that of the writing', () => {
  assert.equal(intervalOf([[0, 1]]), null);
  assert.equal(intervalOf([[0, 1], [1000, 2]]), null, 'the first may have been a replay');
  assert.equal(intervalOf([[0, 1], [1000, 2], [2000, 3]]), 1000);
  assert.equal(intervalOf([[0, 1], [100, 4], [200, 7], [300, 10]]), 100 / 3, 'two of three never came');
  assert.equal(intervalOf([[0, 1], [400, 2], [400, 3], [800, 4], [801, 5], [1200, 6]]), 200, 'two at a time');
  assert.equal(intervalOf([[0, 1], [1, 2], [2, 3], [900, 4], [1900, 5]]), 1000, 'after a replay of three');
});

test('neither a stall nor a restart of the writer makes an interval', () => {
  const steady = [0, 1, 2, 3, 4, 5, 6].map((i) => [i * 33, i]);
  assert.equal(intervalOf([...steady, [5000, 7], [5001, 8], [5033, 9]]), 33);
  assert.equal(intervalOf([...steady, [5000, 1], [5033, 2]]), 33);
  assert.equal(intervalOf([...steady, [231, 2 ** 40], [264, 2 ** 40 + 1]]), 33);
});

/** How often the alarm begins, looked at every 100 ms, when pictures come at these times. */
function alarms(pictures, untilMs, alarm = new StaleAlarm(500), interval = new FrameInterval()) {
  let began = 0;
  let shownAt = null;
  let next = 0;
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 100) {
    while (next < pictures.length && pictures[next] <= nowMs) {
      interval.arrived(pictures[next], BigInt(next));
      shownAt = pictures[next++];
    }
    if (shownAt === null) continue;
    const before = alarm.raised;
    if (alarm.check(nowMs, nowMs - shownAt, alarm.limitMs(interval.milliseconds)) && !before) began++;
  }
  return began;
}

const every = (intervalMs, fromMs, untilMs) => {
  const times = [];
  for (let at = fromMs; at <= untilMs; at += intervalMs) times.push(at);
  return times;
};

test('a camera with a frame a second raises no alarm', () => {
  assert.equal(alarms(every(1000, 0, 20000), 20000), 0);
  assert.equal(alarms(every(1000, 0, 20000).map((at, i) => at + (i % 2) * 300), 20000), 0, 'nor an unsteady one');
});

test('a stream of 30 frames a second is stale after half a second, and one alarm is enough', () => {
  const pictures = every(33, 0, 2000);
  const alarm = new StaleAlarm(500);
  const interval = new FrameInterval();
  assert.equal(alarms(pictures, 2400, alarm, interval), 0);
  assert.equal(alarm.check(2500, 520, alarm.limitMs(interval.milliseconds)), true);
  assert.equal(alarms(pictures, 60000), 1);
});

test('a stream that falls to a frame a second does not alarm again and again', () => {
  assert.ok(alarms([...every(33, 0, 3000), ...every(1000, 4000, 30000)], 30000) <= 2);
});

test('hiccups of 700 ms, one a second, are one or two alarms, not thirty', () => {
  const pictures = every(33, 0, 30000).filter((at) => at % 1000 < 300);
  assert.ok(alarms(pictures, 30000) <= 3);
});

test('the alarm ends a quarter of a second after pictures are young again', () => {
  const alarm = new StaleAlarm(500);
  assert.equal(alarm.check(1000, 501, 500), true);
  assert.equal(alarm.check(2000, 10, 500), true);
  assert.equal(alarm.check(2249, 10, 500), true);
  assert.equal(alarm.check(2250, 10, 500), false);
  assert.equal(alarm.check(3000, 501, 500), true, 'back soon');
  assert.equal(alarm.check(4000, 10, 500), true);
  assert.equal(alarm.check(4999, 10, 500), true);
  assert.equal(alarm.check(5000, 10, 500), false);
});
