import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

// A page of which the client sees nothing but this. Its worker is the far end of postMessage, so the test decides what
// arrives when; in a browser it is chance.
const page = Object.assign(new EventTarget(), { visibilityState: 'visible', baseURI: 'http://robot/' });
const workers = [];

class FarEnd {
  sent = [];

  constructor() {
    workers.push(this);
    queueMicrotask(() => this.onmessage({ data: { able: true } }));
  }

  postMessage(message) {
    this.sent.push(message);
  }

  terminate() {}

  shows(frameSeq, viewing) {
    const { generation } = this.sent.find(({ open }) => open).open;
    this.onmessage({ data: { type: 'frame', detail: { frameSeq, arrivedAt: 1, writtenBy: 1, viewing }, generation } });
  }

  get lastViewing() {
    return this.sent.filter(({ call }) => call === 'setHidden').at(-1).details[1];
  }
}

Object.assign(globalThis, {
  document: page, Worker: FarEnd, VideoDecoder: class {}, OffscreenCanvas: class {}, addEventListener: () => {}, removeEventListener: () => {},
});
const { SdrClient } = await webModule('client/client.js');

function become(visibilityState) {
  page.visibilityState = visibilityState;
  page.dispatchEvent(new Event('visibilitychange'));
}

test('a picture of before the page was hidden does not uncover the canvas', async () => {
  const canvas = { style: { visibility: '' }, transferControlToOffscreen: () => ({}) };
  const client = new SdrClient({ canvas });
  const frames = [];
  client.addEventListener('frame', ({ detail }) => frames.push(detail));
  client.start();
  await new Promise(setImmediate);
  const [worker] = workers;
  const before = worker.lastViewing;
  worker.shows(54n, before);
  assert.equal(canvas.style.visibility, '');

  become('hidden');
  assert.equal(canvas.style.visibility, 'hidden');
  worker.shows(55n, before);
  assert.equal(canvas.style.visibility, 'hidden', 'while the page is hidden');
  become('visible');
  worker.shows(56n, before);
  assert.equal(canvas.style.visibility, 'hidden', 'after the return');

  worker.shows(152n, worker.lastViewing);
  assert.equal(canvas.style.visibility, '');
  assert.deepEqual(frames.map((frame) => [frame.frameSeq, 'viewing' in frame]),
    [[54n, false], [55n, false], [56n, false], [152n, false]]);
  client.close();
});

test('fewer pictures are asked for in the address of the stream', async () => {
  const urlOf = async (options) => {
    const client = new SdrClient({ canvas: { style: {}, transferControlToOffscreen: () => ({}) }, ...options });
    client.start();
    await new Promise(setImmediate);
    const { url } = workers.at(-1).sent.findLast(({ open }) => open).open.options;
    client.close();
    return url;
  };
  assert.equal(await urlOf({ url: '/stream/ws', maxFps: 12.5 }), 'http://robot/stream/ws?max_fps=12.5');
  assert.equal(await urlOf({ url: 'ws://other/stream/ws?max_fps=5' }), 'ws://other/stream/ws?max_fps=5');
  assert.equal(await urlOf({ url: '/stream/ws?max_fps=5&telemetry=0', maxFps: 6 }), 'http://robot/stream/ws?max_fps=6&telemetry=0');
  assert.equal(await urlOf({ url: '/stream/ws' }), 'http://robot/stream/ws');
});
