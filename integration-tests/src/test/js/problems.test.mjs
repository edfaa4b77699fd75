import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { noWebCodecs, unsupportedCodec } = await webModule('client/problems.js');
const { Codec } = await webModule('client/protocol.js');

test('what a browser lacks is named', () => {
  assert.equal(unsupportedCodec(Codec.H264, 'avc1.64001F').why, 'codec-unsupported');
  const none = unsupportedCodec(Codec.H264, 'avc1.64001F', false);
  assert.equal(none.why, 'decoder-missing');
  assert.doesNotMatch(none.message, /[Ll]et the robot send/);
  assert.equal(noWebCodecs(Codec.H264, true, 'https:').why, 'decoder-missing');
  assert.equal(noWebCodecs(Codec.H264, false, 'http:').why, 'insecure-context');
  assert.doesNotMatch(noWebCodecs(Codec.H264, false, 'https:').message, /Open this page through https/);
});
