import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HandClock } from './hand-clock.mjs';
import { webModule } from './web-module.mjs';

const { GroupBuffer, Pipeline } = await webModule('client/pipeline.js');

const unit = (index, keyframe, bytes = 10) => ({ index, arrivedAt: 0, message: { keyframe, payload: new Uint8Array(bytes) } });
const indexes = (units) => units.map((entry) => entry.index);

test('the group buffer keeps from the last keyframe on', () => {
  const buffer = new GroupBuffer();
  const thrownAway = [unit(0, false), unit(1, true), unit(2, false), unit(3, true), unit(4, false)].map((entry) => buffer.add(entry));
  assert.deepEqual(thrownAway, [1, 0, 0, 2, 0]);
  assert.deepEqual(indexes(buffer.take()), [3, 4]);
  assert.deepEqual(buffer.take(), []);
});

test('a group that grows too large is given up until the next keyframe', () => {
  const buffer = new GroupBuffer();
  buffer.add(unit(0, true, 9 * 1024 * 1024));
  assert.equal(buffer.add(unit(1, false, 9 * 1024 * 1024)), 2);
  assert.equal(buffer.add(unit(2, false)), 1);
  buffer.add(unit(3, true));
  assert.deepEqual(indexes(buffer.take()), [3]);
});

/** Decodes nothing and notes what it was given. */
class Decoder {
  static given = [];
  static isConfigSupported = async () => ({ supported: true });
  decodeQueueSize = 0;
  configure() {}
  decode(chunk) { Decoder.given.push(Buffer.from(chunk.data).toString('hex')); }
  close() {}
}

const SPS = '67428014da05823a10000003001000000303c8f14298a0';
const PPS = '68ce06f2';
const START = '00000001';
const payload = (...units) => Uint8Array.from(Buffer.from(units.map((unit) => START + unit).join(''), 'hex'));
const message = (frameSeq, keyframe, data) => ({ frameSeq, keyframe, codec: 1, payload: data });
const WITH_SETS = payload(SPS, PPS, '6588');
const BARE = payload('6588');
const DELTA = payload('4188');

function withVideoDecoder() {
  Decoder.given = [];
  Object.assign(globalThis, { VideoDecoder: Decoder, EncodedVideoChunk: class { constructor(chunk) { Object.assign(this, chunk); } } });
  const pipeline = new Pipeline(null, { described() {}, problem() {} }, null);
  pipeline.restart(false);
  return pipeline;
}

test('a gap in which nothing is missing that others refer to is none', async () => {
  const pipeline = withVideoDecoder();
  pipeline.accept(message(1n, true, WITH_SETS), 1000, { commitNanos: 1n, mayBeMissing: 0 });
  await new Promise(setImmediate);
  pipeline.accept(message(4n, false, DELTA), 1001, { commitNanos: 4n, mayBeMissing: 2 });
  assert.deepEqual([Decoder.given.length, pipeline.counts.gap, pipeline.missed], [2, 0, 2]);
  pipeline.accept(message(7n, false, DELTA), 1002, { commitNanos: 7n, mayBeMissing: 1 });
  assert.deepEqual([Decoder.given.length, pipeline.counts.gap], [2, 1]);
  pipeline.close();
});

test('while reduced only keyframes are decoded, one a second, and then none whose reference is missing', async () => {
  const pipeline = withVideoDecoder();
  const frames = async (...all) => {
    const before = Decoder.given.length;
    for (const [frameSeq, keyframe, arrivedAt] of all) {
      pipeline.accept(message(frameSeq, keyframe, keyframe ? WITH_SETS : DELTA), arrivedAt, null);
      await new Promise(setImmediate);
    }
    return Decoder.given.length - before;
  };
  assert.equal(await frames([1n, true, 1000], [2n, false, 1033]), 2);
  pipeline.reduced = true;
  assert.equal(await frames([3n, false, 1066]), 0);
  assert.deepEqual([pipeline.needsKeyframe, pipeline.thins], [false, true], 'that is as it should be');
  assert.equal(await frames([4n, true, 2000], [5n, false, 2033], [6n, true, 2500], [7n, true, 3000]), 2);
  pipeline.reduced = false;
  assert.equal(await frames([8n, false, 3033]), 1, 'nothing is missing');
  pipeline.reduced = true;
  assert.equal(await frames([9n, false, 3066]), 0);
  pipeline.reduced = false;
  assert.equal(await frames([10n, false, 3100]), 0);
  assert.deepEqual([pipeline.needsKeyframe, pipeline.thins], [true, true]);
  assert.equal(await frames([11n, true, 3133], [12n, false, 3166]), 2);
  assert.deepEqual([pipeline.needsKeyframe, pipeline.thins, pipeline.counts.late], [false, false, 5]);
  pipeline.close();
});

test('the group that is sent once more needs no parameter sets, and another writer brings its own', async () => {
  const counts = [];
  for (const commitNanos of [5n, 6n]) {
    const pipeline = withVideoDecoder();
    pipeline.accept(message(8n, true, WITH_SETS), 1000, { commitNanos: 5n });
    pipeline.accept(message(9n, false, DELTA), 1000, { commitNanos: 5n });
    await new Promise(setImmediate);
    pipeline.accept(message(8n, true, BARE), 1001, { commitNanos });
    await new Promise(setImmediate);
    counts.push(Decoder.given.at(-1).includes(SPS.slice(0, 8)));
    pipeline.close();
  }
  assert.deepEqual(counts, [true, false]);
});

/** One whose decoder gives back all it gets. */
function withEcho(lowDelay = true) {
  withVideoDecoder().close();
  const given = [];
  const shown = [];
  globalThis.VideoDecoder = class extends Decoder {
    #output;
    constructor({ output }) {
      super();
      this.#output = output;
    }
    decode(chunk) {
      given.push(Buffer.from(chunk.data).toString('hex'));
      this.#output({ timestamp: chunk.timestamp, close() {} });
    }
  };
  const hooks = { problem() {}, described() {}, picture: (picture, { message: { frameSeq } }) => shown.push(Number(frameSeq)) };
  const pipeline = new Pipeline(null, hooks, null, false, lowDelay);
  let frameSeq = 0;
  return {
    pipeline,
    given,
    shown,
    /** @param {number | null} [lateMs] */
    async frame(data, arrivedAt, lateMs = null) {
      pipeline.accept(message(BigInt(frameSeq++), data === WITH_SETS, data), arrivedAt, null, lateMs);
      await new Promise(setImmediate);
    },
  };
}

test('a B picture is not shown while the decoder was told that there is none', async () => {
  for (const lowDelay of [false, true]) {
    const { pipeline, given, shown, frame } = withEcho(lowDelay);
    for (const [i, data] of [WITH_SETS, DELTA, payload('019c'), DELTA, WITH_SETS, payload('019c')].entries()) await frame(data, 1000 + i);
    pipeline.close();
    assert.deepEqual(shown, lowDelay ? [0, 1, 3, 4, 5] : [0, 1, 2, 3, 4, 5]);
    assert.equal(pipeline.counts.superseded, lowDelay ? 1 : 0);
    assert.deepEqual(given.map((data) => data.includes(SPS)), [!lowDelay, false, false, false, true, false],
      'from the second keyframe on it is told no more');
  }
});

test('what waited in a stalled link is decoded and not shown, up to the first frame that comes in time', async () => {
  const { pipeline, given, shown, frame } = withEcho();
  await frame(WITH_SETS, 1000, 0);
  await frame(DELTA, 1033, 400);
  assert.deepEqual(shown, [0, 1], 'late, but nothing stood still');
  await frame(DELTA, 1600, 0);
  assert.deepEqual(shown, [0, 1, 2], 'nothing came for a while, and now it comes in time');
  await frame(DELTA, 4600, 2900);
  await frame(DELTA, 4601, 2800);
  await new Promise((done) => { setTimeout(done, 30); });
  await frame(DELTA, 4640, 301);
  assert.deepEqual(shown, [0, 1, 2]);
  await frame(DELTA, 4650, 300);
  assert.deepEqual(shown, [0, 1, 2, 6]);
  await frame(DELTA, 4683, 2000);
  assert.deepEqual(shown, [0, 1, 2, 6, 7], 'that is over');
  assert.equal(given.length, 8);
  assert.equal(pipeline.counts.superseded, 3, 'and counted');
  pipeline.close();
});

test('where all come late after a stall the newest is shown a second later, and then all', async (context) => {
  const { pipeline, shown, frame } = withEcho();
  await frame(WITH_SETS, 1000, 0);
  const clock = new HandClock();
  clock.rule(context);
  await frame(DELTA, 2000, 800);
  await frame(DELTA, 2033, 800);
  clock.pass(999);
  assert.deepEqual(shown, [0]);
  clock.pass(1);
  assert.deepEqual(shown, [0, 2]);
  await frame(DELTA, 2500, 800);
  assert.deepEqual(shown, [0, 2, 3]);
  await frame(DELTA, 3500, 900);
  assert.deepEqual(shown, [0, 2, 3, 4], 'a slow camera on a slow link: no stall');
  pipeline.close();
});
