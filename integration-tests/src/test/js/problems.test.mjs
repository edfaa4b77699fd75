import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { blockedBy, causeOfAnswer, causeOfThrow, conditionNames, noWebCodecs, unsupportedCodec } = await webModule('client/problems.js');
const { Codec } = await webModule('client/protocol.js');
const { WHYS } = await webModule('client/state.js');

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
  assert.equal(why(400), 'http-error');
  assert.equal(why(400, 'max_fps must be a number, not "x"\n'), 'bad-address (refused)', 'the server\'s own words');
  assert.match(causeOfAnswer({ status: 400, body: 'max_fps must be 1, not "x"\n', origin: '', token: false }).message, /not "x"\.$/);
  assert.equal(why(426), 'no-websocket');
  assert.equal(why(404), 'http-error');
  assert.equal(why(404, 'Not found\n'), 'no-stream (refused)', 'the server\'s own words');
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

test('of what is listed as conditions only those are taken that have a name', () => {
  assert.deepEqual(conditionNames([{ condition: 'profile', since: 4 }, { condition: 'b_frames' }]), ['profile', 'b_frames']);
  assert.deepEqual(conditionNames([null, 7, 'profile', {}, { condition: 5 }, { condition: 'profile' }]), ['profile']);
  for (const listed of [undefined, null, 'profile', 7, true, {}, { length: 1, 0: { condition: 'profile' } }]) {
    assert.deepEqual(conditionNames(listed), []);
  }
});
