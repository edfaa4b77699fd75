import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { CONDITION_MESSAGES, WHYS, causeOfAnswer, noWebCodecs, unsupportedCodec } = await webModule('sdr-client.js');
const { conditionWords, count, natsWords, otherStreamsWords, slowWords, tilesWords, wordsFor } = await webModule('player-words.js');

const MESSAGE = 'What the client says.';
const words = (state, why, message = MESSAGE) => wordsFor({ state, why, message });
/** The state in which a cause comes about. */
const STATES = {
  idle: 'idle', connecting: 'connecting', live: 'live', recovering: 'stale', resuming: 'paused', paused: 'paused', hidden: 'paused',
  'play-blocked': 'paused', lost: 'reconnecting', 'no-answer': 'reconnecting', 'server-stopping': 'reconnecting',
  proxy: 'reconnecting', 'no-websocket': 'reconnecting', 'http-error': 'reconnecting', stopped: 'stopped', closed: 'stopped',
  full: 'refused', 'full-for-address': 'refused', unauthorized: 'refused', 'token-wrong': 'refused', 'origin-refused': 'refused',
  'host-refused': 'refused', 'decoder-missing': 'unsupported', 'codec-unsupported': 'unsupported',
  'insecure-context': 'unsupported', undecodable: 'unsupported',
};

test('every cause of the client has words of its own', () => {
  for (const why of WHYS) {
    const { title, name, spoken } = words(STATES[why] ?? 'failed', why);
    assert.notEqual(title, 'Failed', `${why} has no title of its own`);
    assert.equal(spoken.startsWith(`${name}.`), true, why);
  }
  // What a page does not know it words by the state and the client's own message.
  assert.equal(words('refused', 'new-cause').title, 'Refused');
  assert.equal(words('refused', 'new-cause').text, MESSAGE);
});

test('nobody is blamed who is not known to be at fault', () => {
  for (const why of WHYS) {
    const { stale, text, hint } = words('stale', why);
    const blamesRobot = /robot/.test(stale) && !/do not get here/.test(stale);
    assert.equal(blamesRobot, why === 'no-frames', `${why}: ${stale}`);
    if (why === 'lost' || why === 'no-answer' || why === 'undecodable' || why === 'unexplained') {
      assert.doesNotMatch(`${text} ${hint}`, /robot/, why);
    }
  }
  assert.equal(words('stale', 'joining').stale, '', 'right after a reconnect');
});

test('each refusal is worded by itself', () => {
  const answers = [[503, 'The server is stopping'], [503, 'All places are taken'],
    [503, 'All places for this address are taken'], [503, '<html>upstream</html>'], [401, ''], [403, 'This origin is not allowed'], [403, 'host']];
  const titles = answers.map(([status, body]) => {
    const cause = causeOfAnswer({ status, body, origin: 'http://page', token: false });
    return words(cause.refused ? 'refused' : 'reconnecting', cause.why, cause.message).title;
  });
  assert.deepEqual(titles, ['Not connected', 'The server is full', 'Too many viewers from your address', 'The server is away',
    'Access token needed', 'Not allowed from this address', 'Not served under this name']);
  assert.equal(words('refused', 'token-wrong').title, 'Access token not accepted');
  assert.equal(words('refused', 'token-wrong').offers, 'token');
});

test('nobody is told to do what he has done already', () => {
  const mse = (secure, protocol) => slowWords({ decoder: 'mse', secure, protocol, reorderDelayMs: 0 });
  assert.match(mse(false, 'http:'), /open it through https/);
  assert.doesNotMatch(mse(true, 'https:') + mse(false, 'https:'), /open it/);
  assert.equal(slowWords({ decoder: 'webcodecs', secure: true, protocol: 'https:', reorderDelayMs: 0 }), '');
  assert.match(slowWords({ decoder: 'webcodecs', secure: true, protocol: 'https:', reorderDelayMs: 66.7 }), /B-frames: .* 67 ms later/);
  const problem = (found) => words('unsupported', found.why, found.message).text;
  assert.doesNotMatch(problem(unsupportedCodec(1, 'avc1.640028', false)), /send H\.264/);
  assert.doesNotMatch(problem(noWebCodecs(1, false, 'https:')), /Open this page/);
});

test('what somebody wanted is no alarm, what the browser forbids offers a click', () => {
  for (const why of ['paused', 'hidden', 'resuming']) assert.equal(words('paused', why).kind, 'paused');
  for (const why of ['no-frames', 'unexplained', 'joining']) assert.equal(words('stale', why).kind, 'stale');
  assert.equal(words('reconnecting', 'lost').kind, 'stale');
  const { name, kind, alarm, noticed, stale } = words('stale', 'reduced');
  assert.deepEqual([name, kind, alarm, noticed], ['Reduced', 'reduced', 'Reduced', false]);
  assert.match(stale, /This computer/);
  const blocked = words('paused', 'play-blocked');
  assert.deepEqual([blocked.noticed, blocked.offers, blocked.kind], [true, 'play', 'stale']);
});

test('counts are exact while that says something', () => {
  assert.deepEqual([0, 7, 999999, 1234567, 18446744073709551615, NaN, -5].map(count),
    ['0', '7', '999999', '1.2 million', 'countless', '–', '–']);
});

test('what NATS does not allow is said, unless it is away altogether', () => {
  const denied = [{ operation: 'subscribe', subject: 'telemetry.>' }, { operation: 'publish', subject: 'control.request_idr' }];
  assert.deepEqual(natsWords('connected', []), { text: 'NATS connected', trouble: false, nothing: 'No telemetry yet.' });
  assert.deepEqual(natsWords('connected', denied.slice(0, 1)),
    { text: 'NATS does not allow: subscribe telemetry.>', trouble: true, nothing: 'No telemetry yet.' });
  assert.equal(natsWords('connected', denied).text, 'NATS does not allow: subscribe telemetry.> and 1 more');
  assert.equal(natsWords('disconnected', denied).text, 'NATS: not connected');
  assert.match(natsWords('disconnected', []).nothing, /not connected to NATS/);
  assert.match(natsWords('off', []).nothing, /SDR_NATS_URL=none/);
  assert.deepEqual(natsWords('', []), { text: '', trouble: false, nothing: 'No telemetry yet.' });
  assert.equal(natsWords('demo', []).text, 'Sample data');
});

test('each condition of the stream that spoils pictures has a card of its own, any other a note', () => {
  const titles = Object.keys(CONDITION_MESSAGES).map((condition) => {
    const { title, text, hint, stale } = wordsFor({ state: 'waiting', why: 'stream', message: MESSAGE, condition });
    assert.equal([text, hint, stale].every((said) => said.length > 10 && said !== MESSAGE), true, condition);
    return title;
  });
  assert.equal(new Set(titles).size, titles.length);
  const unknown = wordsFor({ state: 'waiting', why: 'stream', message: MESSAGE, condition: 'new_one' });
  assert.deepEqual([unknown.title, unknown.text], ['This stream cannot be shown', MESSAGE]);
  for (const name of ['flag_mismatch', 'no_parameter_sets', 'no_keyframe', 'split_units', 'length_prefixed', 'not_annex_b',
    'b_frames', 'profile', 'intra_refresh']) assert.notEqual(conditionWords([name], false), '', name);
  assert.equal(conditionWords(['b_frames', 'new_one'], true), '');
});

test('that the encoder has been asked is said where it has been', () => {
  const said = (keyframeAsked) => {
    const { hint, stale } = wordsFor({ state: 'waiting', why: 'no-keyframe', message: MESSAGE, keyframeAsked });
    return [/has been asked/.test(hint), /has been asked/.test(stale)];
  };
  assert.deepEqual([said(true), said(false)], [[true, true], [false, false]]);
});

test('what is said of all tiles is never better than the worst of them', () => {
  assert.deepEqual(tilesWords(4, 0, 4), { name: 'All 4 live', good: true });
  assert.deepEqual(tilesWords(3, 0, 4), { name: '3 of 4 live', good: false });
  assert.deepEqual(tilesWords(0, 0, 2), { name: '0 of 2 live', good: false });
  assert.deepEqual(tilesWords(5, 3, 9), { name: '5 of 9 live, 3 reduced', good: false });
});

test('a server that has other streams than the page knows is told of by name', () => {
  assert.equal(otherStreamsWords(['a', 'b'], ['b', 'a']), '');
  assert.equal(otherStreamsWords(['a', 'b'], []), '', 'an older server says nothing');
  assert.match(otherStreamsWords(['a', 'b'], ['a', 'b', 'rear']), /Not on this page: rear\. Load it again/);
  assert.equal(otherStreamsWords(['a', 'b', 'c'], ['a']), 'The server has no longer: b, c.');
});

test('what the server knows of its source is said in its words', () => {
  const state = { state: 'waiting', why: 'no-frames', message: MESSAGE, serverReason: 'there is no shared memory file' };
  const { hint, stale } = wordsFor(state);
  assert.match(hint, /^The server says: there is no shared memory file\. It begins by itself/);
  assert.match(stale, /from the robot\. The server says: there is no shared memory file\.$/);
  assert.doesNotMatch(wordsFor({ ...state, serverReason: '' }).hint, /server says/);
});
