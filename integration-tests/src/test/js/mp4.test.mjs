import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DEMO_CLIP, webModule } from './web-module.mjs';

const { ParameterSets, nalUnits } = await webModule('client/bitstream.js');
const { initSegment, mediaSegment } = await webModule('client/mp4.js');
const { Codec } = await webModule('client/protocol.js');

const kind = (unit) => unit[0] & 31;
const DELIMITER = 9;

function decodedPictures(format, data) {
  const ffmpeg = spawnSync('ffmpeg', ['-v', 'error', '-xerror', '-f', format, '-i', 'pipe:0', '-fps_mode', 'passthrough',
    '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'], { input: data, maxBuffer: 2 ** 28 });
  assert.ifError(ffmpeg.error);
  assert.equal(ffmpeg.stderr.toString(), '');
  return ffmpeg.stdout;
}

/** The first access units of the clip, each with its delimiter. */
function accessUnits(count) {
  const units = [];
  for (const nal of nalUnits(readFileSync(DEMO_CLIP))) {
    if (kind(nal) === DELIMITER) {
      if (units.length === count) break;
      units.push([]);
    }
    units.at(-1).push(nal);
  }
  return units;
}

const annexB = (nals) => Buffer.concat(nals.flatMap((nal) => [Buffer.from([0, 0, 0, 1]), nal]));

test('fragments made from access units decode to the very same pictures', () => {
  const frames = accessUnits(40);
  const sets = new ParameterSets(Codec.H264);
  sets.keyframe(annexB(frames[0]));
  const sps = sets.units.find((nal) => kind(nal) === 7);
  const pps = sets.units.filter((nal) => kind(nal) === 8);
  const parts = [initSegment(sets.description, sps, pps)];
  frames.forEach((nals, i) => parts.push(mediaSegment(
    { number: i + 1, startMicros: 2 ** 33 + i * 33333, durationMicros: 33333, keyframe: nals.some((nal) => kind(nal) === 5) },
    nals.filter((nal) => ![7, 8, DELIMITER].includes(kind(nal))))));
  const fromFragments = decodedPictures('mp4', Buffer.concat(parts));
  const original = decodedPictures('h264', Buffer.concat(frames.map(annexB)));
  assert.equal(fromFragments.length, 40 * 854 * 480);
  const digest = (data) => createHash('sha256').update(data).digest('hex');
  assert.equal(digest(fromFragments), digest(original));
});

test('box sizes add up', () => {
  const segment = mediaSegment({ number: 1, startMicros: 0, durationMicros: 1, keyframe: true }, [Uint8Array.of(0x65, 1, 2)]);
  const view = new DataView(segment.buffer);
  const moofBytes = view.getUint32(0);
  assert.equal(moofBytes + view.getUint32(moofBytes), segment.length);
  assert.deepEqual([...segment.subarray(moofBytes + 8)], [0, 0, 0, 3, 0x65, 1, 2]);
});
