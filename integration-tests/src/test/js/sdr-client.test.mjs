import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const source = await readFile(new URL('../../../../server-app/src/main/resources/io/sdros/server/web/sdr-client.js', import.meta.url));
// The module is served to browsers as .js; node would take a .js file without a package.json for CommonJS.
const { codecString, parseMessage, retryDelay, CODEC_H264, CODEC_HEVC, CODEC_JPEG } =
  await import(`data:text/javascript;base64,${source.toString('base64')}`);

const bytes = (text) => Uint8Array.from(text.replaceAll(' ', '').match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** The contract's known header vector behind the type byte, and a payload. */
const VECTOR = '01 0100000000000000 2a00000000000000 00040000 0100 0100 efbeadde 00000000 aabb';

test('reads every field of a video message', () => {
  const { kind, header, payload } = parseMessage(bytes(VECTOR).buffer);

  assert.equal(kind, 'video');
  assert.deepEqual(header, { frameId: 1n, frameSeq: 42n, size: 1024, flags: 1, codec: 1, keyframe: true });
  assert.deepEqual([...payload], [0xaa, 0xbb]);
});

test('takes a JPEG for a keyframe whatever its flag', () => {
  const message = bytes(VECTOR);
  message.set([0, 0, CODEC_JPEG, 0], 21);

  assert.equal(parseMessage(message.buffer).header.keyframe, true);
  message.set([CODEC_H264, 0], 23);
  assert.equal(parseMessage(message.buffer).header.keyframe, false);
});

test('reads a telemetry message with a UTF-8 subject', () => {
  const message = parseMessage(bytes('02 0400 c3a92e61 7b7d').buffer);

  assert.equal(message.kind, 'telemetry');
  assert.equal(message.subject, 'é.a');
  assert.equal(new TextDecoder().decode(message.payload), '{}');
});

test('ignores what it does not know and what is cut short', () => {
  for (const text of ['', '01', VECTOR.slice(0, 60), '02', '02 0500 6161', '03 00', '04 0000']) {
    assert.equal(parseMessage(bytes(text).buffer), null, text);
  }
});

test('reads the H.264 codec string from the SPS, wherever it stands', () => {
  const accessUnit = bytes('00000001 09f0 00000001 67 42c01f 8d8d 00000001 68ce 000001 6588');

  assert.equal(codecString(CODEC_H264, accessUnit), 'avc1.42c01f');
  assert.equal(codecString(CODEC_H264, bytes('00000001 6588')), null);
});

test('reads the HEVC codec string from profile, tier and level', () => {
  // x265, 320x180, main profile, level 2: compatibility 0x60000000 is written as 6, constraint byte 0x90.
  const sps = bytes('00000001 4201 01 01 60000003 0090 0000 0300 0003 003c a00a');

  assert.equal(codecString(CODEC_HEVC, sps), 'hev1.1.6.L60.90');
});

test('waits longer from attempt to attempt, within bounds and spread', () => {
  assert.equal(retryDelay(0, () => 1), 250);
  assert.equal(retryDelay(0, () => 0), 125);
  assert.equal(retryDelay(3, () => 1), 2000);
  assert.equal(retryDelay(30, () => 1), 5000);
});
