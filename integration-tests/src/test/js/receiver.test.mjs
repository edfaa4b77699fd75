// A receiver and a server of either protocol, message by message. The pictures are JPEG, which takes no decoder to speak of.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { webModule } from './web-module.mjs';

const CONNECTING = 0;
const OPEN = 1;
const JPEG = 3;
const MS = 1000000n;
const NOTED = ['frame', 'telemetry', 'server', 'clock', 'age', 'statistics', 'state'];

/** The far end of a WebSocket. */
class FarEnd {
  static OPEN = OPEN;
  static all = [];
  readyState = CONNECTING;
  protocol = '';
  sent = [];

  constructor(url, offered) {
    this.offered = offered;
    FarEnd.all.push(this);
  }

  static get last() {
    return FarEnd.all.at(-1);
  }

  send(buffer) {
    this.sent.push(Buffer.from(buffer));
  }

  close() {
    this.readyState = 3;
  }

  accepts(protocol) {
    this.protocol = protocol;
    this.readyState = OPEN;
    this.onopen();
  }

  refuses() {
    this.readyState = 3;
    this.onclose({ code: 1006 });
  }

  says(...parts) {
    const bytes = Buffer.concat(parts);
    this.onmessage({ data: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) });
  }

  of(type) {
    return this.sent.filter(([first]) => first === type);
  }
}

const answers = [];
/** Nobody answers. @type {boolean} */
let silent = false;
/** Nobody listens. @type {boolean} */
let down = false;
Object.assign(globalThis, {
  WebSocket: FarEnd,
  location: { origin: 'http://robot', protocol: 'http:' },
  fetch: async (url, { mode } = {}) => {
    const foreign = location.origin !== 'http://robot';
    if (down || (foreign && mode !== 'no-cors')) throw new TypeError('Failed to fetch');
    if (foreign) return { type: 'opaque' };
    if (silent) throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
    return answers.shift() ?? { ok: true, status: 200, type: 'basic', json: async () => ({ last_frame_age_ms: 5 }) };
  },
  createImageBitmap: async () => ({ width: 4, height: 3, close() {} }),
});
const { Receiver } = await webModule('client/receiver.js');

const u16 = (number) => { const bytes = Buffer.alloc(2); bytes.writeUInt16LE(number); return bytes; };
const u32 = (number) => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(number); return bytes; };
const u64 = (number) => { const bytes = Buffer.alloc(8); bytes.writeBigUInt64LE(number); return bytes; };
const video = (seq) => [Buffer.of(1), u64(7n), u64(seq), u32(1), u16(1), u16(JPEG), u32(0), u32(0), Buffer.of(0xff)];
const times = (seq, capture, commit, server) =>
  [Buffer.of(5, capture === null ? 0 : 1, 0, 0), u32(250), u64(seq), u64(capture ?? 0n), u64(commit), u64(server)];
const telemetry = (received) => [Buffer.of(8, 1), u16(1), u32(0), u64(received), Buffer.from('a1')];
const state = (source) => [Buffer.of(9), Buffer.from(JSON.stringify({ server: 'sdr-transport', source }))];
const doing = (feedback) => feedback[1];
const received = (url, more = {}) => new Receiver({ url, staleAfterMs: 500, retryFirstMs: 5, retryLimitMs: 10, ...more }, null, null,
  (type, detail) => {
    if (NOTED.includes(type)) noted.push({ type, detail });
    if (type === 'frame') queueMicrotask(() => receiver.pictureReceived());
  }, budget);

/** What the page decides of its only stream. */
const budget = { reduces: false, look(share) { share.reduced = this.reduces; }, leave() {} };

let receiver;
let noted;
const told = (type) => noted.filter((entry) => entry.type === type).map(({ detail }) => detail);

async function until(what, condition) {
  const end = Date.now() + 10000;
  while (!condition()) {
    assert.ok(Date.now() < end, what);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** One moment by the server's clock, which is 1000 s ahead of this one's beginning, and by ours. */
function moment() {
  const now = performance.now();
  return { nanos: 1000000n * MS + BigInt(Math.round(now * 1e6)), at: performance.timeOrigin + now };
}

/** Numbers of this size are rounded to a quarter of a microsecond. */
const ROUNDED_MS = 0.01;

/** What is known by the clock is as wrong as that is stated to be, at most. */
function assertWithin(errorMs, actual, expected) {
  assert.ok(Math.abs(actual - expected) <= errorMs + ROUNDED_MS, `${actual} is not ${expected} ± ${errorMs}`);
}

function answerClock(socket) {
  for (const question of socket.of(6)) {
    const { nanos } = moment();
    socket.says(Buffer.of(6), Buffer.alloc(7), question.subarray(8, 16), u64(nanos), u64(nanos));
  }
}

beforeEach(() => {
  budget.reduces = false;
  silent = false;
  noted = [];
  FarEnd.all = [];
  receiver = received('ws://robot/stream/ws');
  receiver.start();
});

afterEach(() => receiver.stop());

test('a server that speaks sdr.2 is asked the time and told what is done, and its times are believed', async () => {
  const socket = FarEnd.last;
  assert.deepEqual(socket.offered, ['sdr.2']);
  socket.accepts('sdr.2');
  assert.equal(socket.of(6).length, 1, 'at once');
  assert.equal(socket.of(7)[0].length, 52);
  answerClock(socket);
  const { nanos: now, at } = moment();
  socket.says(...times(42n, now - 80n * MS, now - 50n * MS, now - 20n * MS));
  socket.says(...video(42n));
  await until('a picture', () => told('frame').length === 1);
  const [frame] = told('frame');
  const { errorMs } = told('clock').at(-1);
  assertWithin(errorMs, frame.capturedAt, at - 80);
  assertWithin(errorMs, frame.committedAt, at - 50);
  assertWithin(errorMs, frame.serverAt, at - 20);
  assert.ok(frame.clockErrorMs >= errorMs + 0.25, 'with that of the edge, and older');
  assert.equal(frame.writtenBy, frame.capturedAt);
  assert.ok(frame.decodedAt >= frame.arrivedAt && frame.shownAt >= frame.decodedAt);
  await until('it is told of', () => socket.of(7).some((said) => said.readBigUInt64LE(24) === 42n));
  const said = socket.of(7).at(-1);
  assert.equal(said.readBigUInt64LE(8), 42n);
  const receivedMs = Number(said.readBigUInt64LE(16) - now) / 1e6;
  assert.ok(receivedMs >= -errorMs - ROUNDED_MS, String(receivedMs));
});

test('times of another frame say nothing of this one', async () => {
  FarEnd.last.accepts('sdr.2');
  answerClock(FarEnd.last);
  FarEnd.last.says(...times(41n, null, moment().nanos, moment().nanos));
  FarEnd.last.says(...video(42n));
  await until('a picture', () => told('frame').length === 1);
  assert.equal(told('frame')[0].committedAt, null);
});

test('the age of a picture is known as soon as the clock is', async () => {
  const socket = FarEnd.last;
  socket.accepts('sdr.2');
  const { nanos, at } = moment();
  const commit = nanos - 400n * MS;
  socket.says(...times(42n, null, commit, commit));
  socket.says(...video(42n));
  await until('a picture', () => told('frame').length === 1);
  assert.equal(told('frame')[0].committedAt, null);
  const before = told('age').length;
  answerClock(socket);
  const [age] = told('age').slice(before);
  const { errorMs } = told('clock').at(-1);
  assertWithin(errorMs, age.writtenBy, at - 400);
});

test('who pauses says so at once, and what still comes is not kept', async () => {
  const socket = FarEnd.last;
  socket.accepts('sdr.2');
  answerClock(socket);
  socket.says(...video(1n));
  await until('a picture', () => told('frame').length === 1);
  receiver.setPaused(true);
  assert.equal(doing(socket.of(7).at(-1)), 1);
  socket.says(...video(2n));
  receiver.setPaused(false);
  assert.equal(doing(socket.of(7).at(-1)), 0);
  await until('the one that came meanwhile is dropped', () => told('statistics').at(-1)?.framesDropped.suspended === 1);
  assert.equal(told('frame').length, 1);
  assert.equal(FarEnd.all.length, 1, 'nor is there another connection');
  receiver.setHidden(true, 1);
  assert.equal(doing(socket.of(7).at(-1)), 1);
});

test('a reduced stream says so', async () => {
  const socket = FarEnd.last;
  socket.accepts('sdr.2');
  socket.says(...video(1n));
  await until('a picture', () => told('frame').length === 1);
  budget.reduces = true;
  await until('it is said', () => told('state').at(-1).why === 'reduced');
  assert.deepEqual([told('state').at(-1).state, told('state').at(-1).pictureOld], ['stale', true]);
  let next = 2n;
  const comes = () => socket.says(...video(next++));
  await until('some are left out', () => {
    comes();
    return told('statistics').at(-1)?.framesDropped.late > 0;
  });
  budget.reduces = false;
  await until('it is live again', () => {
    comes();
    return told('state').at(-1).state === 'live';
  });
});

test('telemetry and state', () => {
  const socket = FarEnd.last;
  socket.accepts('sdr.2');
  socket.says(...telemetry(1500n * MS));
  const { subject, replayed, serverMs } = told('telemetry')[0];
  assert.deepEqual([subject, replayed, serverMs], ['a', true, 1500]);
  socket.says(...state({ state: 'absent', reason: 'there is no shared memory file', conditions: [] }));
  assert.equal(told('server')[0].server, 'sdr-transport');
});

test('a server that selects nothing is told nothing, and what only sdr.2 has means nothing from it', async () => {
  const socket = FarEnd.last;
  socket.accepts('');
  socket.says(...times(1n, null, 1n, 1n));
  socket.says(...state({ state: 'absent', reason: 'x' }));
  socket.says(...telemetry(1n));
  socket.says(...video(1n));
  await until('a picture', () => told('frame').length === 1);
  assert.deepEqual([told('server'), told('telemetry'), told('frame')[0].committedAt], [[], [], null]);
  receiver.setPaused(true);
  socket.says(...video(2n));
  receiver.setPaused(false);
  await until('what was kept', () => told('frame').length === 2);
  assert.deepEqual(socket.sent, []);
});

test('where browsers insist on what they offered, the next attempt offers nothing', async () => {
  answers.push({ ok: false, status: 426, type: 'basic', headers: new Map(), text: async () => 'This is a WebSocket\n' });
  FarEnd.last.refuses();
  await until('another attempt', () => FarEnd.all.length === 2);
  assert.deepEqual(FarEnd.last.offered, []);
  assert.deepEqual(told('state').map(({ state }) => state), ['connecting'], 'at once, and nobody need know');
  FarEnd.last.accepts('');
  FarEnd.last.says(...video(1n));
  await until('a picture', () => told('frame').length === 1);
});

test('the statistics say which protocol it is, how well the clock is known, and each part of the way', async () => {
  const socket = FarEnd.last;
  socket.accepts('sdr.2');
  answerClock(socket);
  const { nanos } = moment();
  socket.says(...times(1n, nanos - 40n * MS, nanos - 10n * MS, nanos - 5n * MS));
  socket.says(...video(1n));
  await until('statistics of it', () => told('statistics').at(-1)?.framesPainted === 1);
  const { protocol, clock, delays, codec, decoder, lastFrameSeq, framesReceived, framesDropped } = told('statistics').at(-1);
  assert.deepEqual([protocol, codec, decoder, lastFrameSeq, framesReceived], ['sdr.2', 'JPEG', 'jpeg', 1n, 1]);
  assert.deepEqual(framesDropped, { late: 0, error: 0, gap: 0, superseded: 0, suspended: 0 });
  assert.ok(clock.errorMs > 0 && clock.roundTripMs >= 0);
  assert.deepEqual([delays.captureToCommitMs, delays.commitToServerMs], [30, 5]);
  const sum = 30 + 5 + delays.serverToReceivedMs + delays.receivedToDecodedMs + delays.decodedToShownMs;
  assertWithin(0, delays.captureToShownMs, sum);
});

test('a server that does not even say what time it is does not answer, though it never did when it was asked', async () => {
  silent = true;
  const socket = FarEnd.last;
  socket.accepts('sdr.2');
  socket.says(...video(1n));
  await until('it is said', () => told('state').at(-1)?.why === 'no-answer');
  await until('and another connection is tried', () => FarEnd.all.length === 2);
});

test('of an old server that is not known', async () => {
  silent = true;
  FarEnd.last.accepts('');
  FarEnd.last.says(...video(1n));
  await until('a picture', () => told('frame').length === 1);
  await until('it is old', () => told('state').at(-1)?.state === 'stale' && told('state').at(-1).why !== 'joining');
  assert.equal(told('state').at(-1).why, 'unexplained');
});

test('a producer whose clock runs ahead does not make a picture live that stands still', async () => {
  const socket = FarEnd.last;
  socket.accepts('sdr.2');
  answerClock(socket);
  for (let seq = 1n; seq <= 8n; seq++) {
    const { nanos } = moment();
    socket.says(...times(seq, null, nanos + seq * 3600000n * MS, nanos));
    socket.says(...video(seq));
  }
  await until('a picture', () => told('frame').length > 0);
  await until('it is old', () => told('state').at(-1).state === 'stale');
});

test('nor younger than it was when the server had it', async () => {
  const socket = FarEnd.last;
  socket.accepts('sdr.2');
  answerClock(socket);
  const { nanos, at } = moment();
  for (const [seq, capture] of [[1n, null], [2n, nanos + 4000n * MS]]) {
    socket.says(...times(seq, capture, nanos + 5000n * MS, nanos - 300n * MS));
    socket.says(...video(seq));
    await until('a picture', () => told('frame').length === Number(seq));
    assertWithin(told('clock').at(-1).errorMs, told('frame').at(-1).writtenBy, at - 300);
  }
});

test('a page from elsewhere goes on offering sdr.2 while nobody is there', async () => {
  const { origin } = location;
  location.origin = 'http://elsewhere';
  try {
    down = true;
    FarEnd.last.refuses();
    await until('another attempt', () => FarEnd.all.length === 2);
    assert.deepEqual(FarEnd.last.offered, ['sdr.2']);
    down = false;
    FarEnd.last.refuses();
    await until('an attempt after a server was there that says nothing to pages from elsewhere', () => FarEnd.all.length === 3);
    assert.deepEqual(FarEnd.last.offered, []);
  } finally {
    down = false;
    location.origin = origin;
  }
});

for (const protocol of ['sdr.2', '']) {
  test(`frames that were not asked for are not missed, and pictures that come seldom are not old for that ('${protocol}')`, async () => {
    receiver.stop();
    noted = [];
    receiver = received('ws://robot/stream/ws?max_fps=2');
    receiver.start();
    const socket = FarEnd.last;
    socket.accepts(protocol);
    answerClock(socket);
    const { nanos } = moment();
    for (let i = 0; i < 8; i++) {
      const seq = 1n + 30n * BigInt(i);
      // As if they had been committed half a second apart; those of the old protocol come at once, which says nothing.
      const commit = nanos - 3500n * MS + BigInt(i) * 500n * MS;
      if (protocol !== '') socket.says(...times(seq, null, commit, commit));
      socket.says(...video(seq));
    }
    await until('statistics of them', () => told('statistics').at(-1)?.framesReceived === 8);
    assert.equal(told('statistics').at(-1).framesMissed, 0);
    await until('a picture', () => told('state').at(-1)?.state === 'live');
    if (protocol === '') return;
    await until('what comes more seldom than that is old', () => told('state').at(-1).state !== 'live');
    assert.ok(moment().nanos - nanos >= 1500n * MS, 'three intervals are 1.5 s');
  });
}

test('an address that the server does not take is told in its words, and not tried again', async () => {
  receiver.stop();
  noted = [];
  receiver = received('ws://robot/stream/ws?max_fps=x');
  receiver.start();
  answers.push({ ok: false, status: 400, type: 'basic', headers: new Map(), text: async () => 'max_fps must be a number, not "x"\n' });
  FarEnd.last.refuses();
  await until('it has failed', () => told('state').at(-1)?.state === 'failed');
  const { why, message, retryAt } = told('state').at(-1);
  assert.deepEqual([why, retryAt], ['bad-address', null]);
  assert.match(message, /max_fps must be a number, not "x"/);
});

test('conditions that are not what they should be take nothing from the rest of what the server answers', async () => {
  const health = { last_frame_age_ms: 5, conditions: [null, 7, { condition: 'split_units' }] };
  answers.push(...Array(9).fill({ ok: true, status: 200, type: 'basic', json: async () => health }));
  try {
    FarEnd.last.accepts('');
    await until('what is wrong', () => told('state').at(-1)?.condition === 'split_units');
  } finally {
    answers.length = 0;
  }
});

test('an SPS that says nothing of the order is handed on as the option has it', async () => {
  const sps = '6742001fda0280be40';
  const keyframe = Buffer.from(`00000001${sps}0000000168ce3c80000000016588840a11`, 'hex');
  const handed = [];
  globalThis.EncodedVideoChunk = class { constructor({ data }) { this.data = data; } };
  globalThis.VideoDecoder = class {
    static isConfigSupported = async () => ({ supported: true });
    decodeQueueSize = 0;
    configure() {}
    decode({ data }) { handed.push(Buffer.from(data).toString('hex')); }
    close() {}
  };
  try {
    for (const lowDelaySps of [false, true]) {
      receiver.stop();
      receiver = received('ws://robot/stream/ws', { lowDelaySps });
      receiver.start();
      FarEnd.last.accepts('');
      FarEnd.last.says(Buffer.of(1), u64(7n), u64(1n), u32(keyframe.length), u16(1), u16(1), u32(0), u32(0), keyframe);
      await until('it is decoded', () => handed.length === (lowDelaySps ? 2 : 1));
    }
  } finally {
    delete globalThis.VideoDecoder;
  }
  assert.deepEqual(handed.map((data) => data.includes(sps)), [true, false]);
});
