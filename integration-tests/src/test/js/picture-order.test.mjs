import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { ParameterSets, nalUnits } = await webModule('client/bitstream.js');
const { initSegment, mediaSegment } = await webModule('client/mp4.js');
const { PictureOrder, PresentationTimes } = await webModule('client/picture-order.js');
const { Codec } = await webModule('client/protocol.js');

const FRAME = 1000;
const GROUP = 20;
const DELIMITER = 9;
const kind = (nal) => nal[0] & 31;
const isSlice = (nal) => kind(nal) === 1 || kind(nal) === 5;
const annexB = (nals) => Buffer.concat(nals.flatMap((nal) => [Buffer.from([0, 0, 0, 1]), nal]));

function ffmpeg(args, input) {
  const done = spawnSync('ffmpeg', ['-v', 'error', ...args], { input, maxBuffer: 2 ** 28 });
  assert.ifError(done.error);
  assert.equal(done.stderr.toString(), '');
  return done.stdout;
}

/** @returns {Uint8Array[][]} the NAL units of each picture, in the order in which they are decoded */
function encoded(x264Options) {
  const stream = ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=size=96x64:rate=25', '-frames:v', `${2 * GROUP}`, '-pix_fmt', 'yuv420p',
    '-c:v', 'libx264', '-preset', 'ultrafast', '-x264-params',
    `aud=1:repeat-headers=1:sliced-threads=0:keyint=${GROUP}:scenecut=0:b-adapt=0:${x264Options}`, '-f', 'h264', 'pipe:1']);
  const pictures = [];
  for (const nal of nalUnits(stream)) {
    if (kind(nal) === DELIMITER) pictures.push([]);
    pictures.at(-1).push(nal);
  }
  return pictures;
}

/** What ffmpeg decodes, in its order: when each picture is shown, and a digest of it. */
const decoded = (format, data) => ffmpeg(['-f', format, '-i', 'pipe:0', '-copyts', '-fps_mode', 'passthrough', '-enc_time_base',
  '1:1000000', '-f', 'framemd5', '-'], data).toString().split('\n').filter((line) => /^\d/.test(line))
  .map((line) => line.split(',').map((column) => column.trim())).map(([, , micros, , , digest]) => ({ micros: Number(micros), digest }));

function fragments(pictures) {
  const sets = new ParameterSets(Codec.H264);
  const { format } = sets.accessUnit(annexB(pictures[0]), true);
  const order = new PictureOrder(format.order);
  const times = new PresentationTimes();
  const parts = [initSegment(format.description, ...[format.sets.filter((nal) => kind(nal) === 7)[0],
    format.sets.filter((nal) => kind(nal) === 8)])];
  pictures.forEach((nals, i) => {
    const slice = nals.find(isSlice);
    const keyframe = kind(slice) === 5;
    const startMicros = i * FRAME;
    const { micros } = times.next({ order: order.of(slice), first: keyframe, startMicros, frameMicros: FRAME });
    parts.push(mediaSegment({ number: i + 1, startMicros, shownMicros: micros, durationMicros: FRAME, keyframe },
      nals.filter((nal) => ![7, 8, DELIMITER].includes(kind(nal)))));
  });
  return Buffer.concat(parts);
}

for (const [name, x264Options] of [
  ['two B-frames', 'bframes=2'],
  ['B-frames that others refer to', 'bframes=7:b-pyramid=normal:ref=4:open-gop=1'],
  ['interlaced', 'bframes=3:tff=1'],
]) {
  test(`a film's pictures are timed in the order of its decoder: ${name}`, () => {
    const pictures = encoded(x264Options);
    const shown = decoded('mp4', fragments(pictures));
    assert.deepEqual(shown.map(({ digest }) => digest), decoded('h264', Buffer.concat(pictures.map(annexB))).map(({ digest }) => digest));
    assert.equal(shown.length, 2 * GROUP);
    for (let i = 1; i < shown.length; i++) assert.ok(shown[i].micros > shown[i - 1].micros, `${i}: ${shown.map(({ micros }) => micros)}`);
  });
}

/** @returns {{ micros: number, overtook: number }[]} of pictures with these counts, 0 for the first of a group */
function timed(orders, times = new PresentationTimes()) {
  return orders.map((order, i) => times.next({ order, first: order === 0, startMicros: i * FRAME, frameMicros: FRAME }));
}

/** Counts of a group that is decoded as IPBBPBB…; `step` from one picture to the next. */
const withTwoB = (groups, step) => Array.from({ length: groups }, (_, i) => [3 * i + 3, 3 * i + 1, 3 * i + 2]).flat()
  .reduce((orders, place) => [...orders, place * step], [0]);

for (const step of [1, 2]) {
  test(`B-frames cost as much time as they must, and are counted; ${step} from picture to picture`, () => {
    const orders = withTwoB(20, step);
    const pictures = timed(orders);
    const sorted = orders.map((order, i) => ({ order, micros: pictures[i].micros })).sort((a, b) => a.order - b.order);
    for (let i = 1; i < sorted.length; i++) assert.ok(sorted[i].micros > sorted[i - 1].micros);
    // The third picture of a three comes when the first has to be shown: all are a frame later than the first could be.
    orders.forEach((order, i) => { if (i > 15) assert.equal(pictures[i].micros, (order / step + 1) * FRAME); });
    assert.equal(Math.max(...pictures.map(({ overtook }) => overtook)), 2);
  });
}

test('pictures in order are shown when they are decoded, whatever their counts', () => {
  for (const orders of [[0, 2, 4, 6], [0, 1, 2, 3], [0, 100, 101, 300], [0, null, null, 0]]) {
    assert.deepEqual(timed(orders).map(({ micros }) => micros), [0, 1, 2, 3].map((i) => i * FRAME));
  }
});

test('a group without an end never gets further behind nor ahead, whatever is left out of it', () => {
  const left = withTwoB(400, 2).filter((order, i) => order % 3 === 0 || i % 7 !== 0);
  const pictures = timed(left);
  left.forEach((order, i) => assert.ok(Math.abs(pictures[i].micros - i * FRAME) < 5 * FRAME, `${i}: ${pictures[i].micros}`));
});

test('counts that begin again without a word are shown behind those before', () => {
  const orders = [...withTwoB(10, 2), 1, 3, 5];
  const pictures = timed(orders);
  assert.deepEqual(pictures.slice(-3).map(({ overtook }) => overtook), [0, 0, 0]);
  assert.ok(pictures.at(-3).micros > pictures.at(-4).micros);
});

/** A slice's head: bits as text, `ue` of what is in braces. */
function slice(header, bits) {
  const text = bits.replace(/\{(\d+)\}/g, (_, value) => {
    const binary = (Number(value) + 1).toString(2);
    return '0'.repeat(binary.length - 1) + binary;
  }).replace(/ /g, '').padEnd(200, '1');
  return Uint8Array.from([header, ...text.match(/.{8}/g).map((byte) => parseInt(byte, 2))]);
}

test('the count of type 1, by frame numbers', () => {
  // Each reference picture is 6 after the one before; what nothing refers to, 4 before that, and what the slice says.
  const order = new PictureOrder({ type: 1, lowBits: 0, differences: true, unreferred: -4, cycle: [6], frameNumberBits: 4,
    framesOnly: true, separatePlanes: false });
  const idr = slice(0x65, '{0}{7}{0} 0000 {0} {0}');
  const p = (number) => slice(0x41, `{0}{5}{0} ${number.toString(2).padStart(4, '0')} {0}`);
  const b = (number, difference) => slice(0x01, `{0}{6}{0} ${number.toString(2).padStart(4, '0')} {${difference}}`);
  const counts = [idr, p(1), b(2, 0), b(2, 3), p(2), b(3, 0), b(3, 3)].map((nal) => order.of(nal));
  assert.deepEqual(counts, [0, 6, 2, 4, 12, 8, 10]);
  for (let i = 3; i < 16; i++) assert.equal(order.of(p(i)), 6 * i);
  assert.equal(order.of(p(0)), 96, 'the frame number begins again');
});

test('what is not known is no order', () => {
  assert.equal(new PictureOrder(null).of(Uint8Array.of(0x65, 0x88)), null);
  assert.equal(new PictureOrder({ type: 2, cycle: [] }).of(Uint8Array.of(0x65, 0x88)), null);
  assert.equal(new PictureOrder({ type: 0, lowBits: 4, frameNumberBits: 4, framesOnly: true, cycle: [] }).of(Uint8Array.of(0x41)), null);
});
