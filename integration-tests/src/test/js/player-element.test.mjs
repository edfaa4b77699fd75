// The life of <sdr-player>: when it connects, when it lets go, and that nothing of a former connection stays.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { webModule } from './web-module.mjs';

// A page of which the element sees nothing but this.
const page = Object.assign(new EventTarget(), { visibilityState: 'visible', baseURI: 'http://robot/wall/' });
/** What the page hears that is not the document's. */
const tab = new EventTarget();
const workers = [];
const sessions = [];
const watched = new Set();
let canvases = [];

class Part extends EventTarget {
  dataset = {};
  style = { visibility: '' };
  textContent = '';
  hidden = false;
  shown = [];

  setAttribute() {}
  append(child) { this.shown.push(child); Object.assign(child, { remove: () => { this.shown = []; } }); }
  transferControlToOffscreen() { return {}; }
}

class Root {
  parts = new Map();
  adoptedStyleSheets = [];

  querySelector(selector) {
    if (!this.parts.has(selector)) this.parts.set(selector, new Part());
    return this.parts.get(selector);
  }
}

class Shell extends EventTarget {
  #attributes = new Map();
  isConnected = false;
  shadowRoot = null;
  clientWidth = 320;
  clientHeight = 180;

  attachShadow() { return (this.shadowRoot = new Root()); }
  querySelector() { return null; }
  getAttribute(name) { return this.#attributes.get(name) ?? null; }
  hasAttribute(name) { return this.#attributes.has(name); }
  setAttribute(name, value) {
    const before = this.getAttribute(name);
    this.#attributes.set(name, String(value));
    this.attributeChangedCallback(name, before, String(value));
  }
  removeAttribute(name) {
    const before = this.getAttribute(name);
    this.#attributes.delete(name);
    this.attributeChangedCallback(name, before, null);
  }
  toggleAttribute(name, on) {
    if (on) this.setAttribute(name, '');
    else this.removeAttribute(name);
  }
  into() { this.isConnected = true; this.connectedCallback(); return this; }
  out() { this.isConnected = false; this.disconnectedCallback(); return this; }
}

/** What one client has of the worker. */
class Session {
  sent = [];
  closed = false;
  forgotten = false;

  constructor(worker, { options, generation, surface, surfaceKey }) {
    Object.assign(this, { worker, options, generation, surface, surfaceKey });
  }

  says(type, detail) { this.worker.onmessage({ data: { type, detail, generation: this.generation } }); }
  calls(method) { return this.sent.filter(({ call }) => call === method).map(({ details }) => details[0]); }
}

class FarEnd {
  ended = false;

  constructor() {
    workers.push(this);
    queueMicrotask(() => this.onmessage?.({ data: { able: true } }));
  }

  postMessage(message) {
    const { open: opening, generation, close, forget } = message;
    if (opening) sessions.push(new Session(this, opening));
    const of = (key, value) => sessions.find((session) => session[key] === value && session.worker === this);
    if (forget) of('surfaceKey', forget).forgotten = true;
    else if (close) of('generation', generation).closed = true;
    else if (!opening) of('generation', generation).sent.push(message);
  }

  terminate() { this.ended = true; }
}

class Watcher {
  constructor(told) { this.told = told; }
  observe(element) { this.element = element; watched.add(this); }
  disconnect() { watched.delete(this); }
  static see(element, isIntersecting) {
    for (const watcher of watched) if (watcher.element === element) watcher.told([{ isIntersecting }]);
  }
}

// Time passes when a test says so.
const clock = { nowMs: 0, timers: new Map(), last: 0 };
const timer = (everyMs) => (action, delayMs = 0) => {
  clock.timers.set(++clock.last, { action, at: clock.nowMs + delayMs, everyMs: everyMs ? delayMs : null });
  return clock.last;
};

function pass(ms) {
  const until = clock.nowMs + ms;
  for (;;) {
    const [id, next] = [...clock.timers].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
    if (next === undefined || next.at > until) break;
    clock.nowMs = next.at;
    if (next.everyMs === null) clock.timers.delete(id);
    else next.at += next.everyMs;
    next.action();
  }
  clock.nowMs = until;
}

const forget = (id) => clock.timers.delete(id);
Object.assign(page, { createElement: () => { canvases.push(new Part()); return canvases.at(-1); } });
Object.assign(globalThis, {
  document: page, HTMLElement: Shell, Worker: FarEnd, VideoDecoder: class {}, OffscreenCanvas: class {}, IntersectionObserver: Watcher,
  setTimeout: timer(false), setInterval: timer(true), clearTimeout: forget, clearInterval: forget, CSSStyleSheet: class { replaceSync() {} },
  addEventListener: tab.addEventListener.bind(tab), removeEventListener: tab.removeEventListener.bind(tab),
  customElements: { get: () => undefined, define: (name, type) => { globalThis.defined = [name, type]; } },
});
const { SdrPlayer } = await webModule('client/player-element.js');
const { SdrClient } = await webModule('client/client.js');
const { streamAddress } = await webModule('client/player-address.js');
const { faceOf } = await webModule('client/player-face.js');
const { IDLE } = await webModule('client/state.js');

const settled = () => new Promise(setImmediate);
const open = () => sessions.filter((session) => !session.closed && !session.worker.ended);

function become(visibilityState) {
  page.visibilityState = visibilityState;
  page.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  pass(10000);
  workers.length = 0;
  sessions.length = 0;
  canvases = [];
  page.visibilityState = 'visible';
});

function player(attributes) {
  const made = new SdrPlayer();
  for (const [name, value] of Object.entries(attributes)) made[name] = value;
  return made;
}

test('it is defined under its name', () => {
  assert.deepEqual(globalThis.defined, ['sdr-player', SdrPlayer]);
});

test('where a stream is', () => {
  const at = (url, stream, muted = false, maxFps = null) => streamAddress({ url, stream, muted, maxFps }, 'http://page/folder/', 'http://robot/sub/client-1/x.js');
  assert.equal(at(null, null), 'http://robot/sub/stream/ws');
  assert.equal(at(null, 'arm.wrist', true), 'http://robot/sub/streams/arm.wrist/ws?telemetry=0');
  assert.equal(at('http://other:8080', 'front'), 'http://other:8080/streams/front/ws');
  assert.equal(at('wss://other/robots/7/', null), 'wss://other/robots/7/stream/ws');
  assert.equal(at('ws://other/stream/ws', 'front'), 'ws://other/streams/front/ws');
  assert.equal(at('ws://other/streams/rear/ws?x=1', null, true), 'ws://other/streams/rear/ws?x=1&telemetry=0');
  assert.equal(at('http://other/', 'rear', false, '7.5'), 'http://other/streams/rear/ws?max_fps=7.5');
  assert.equal(at('ws://other/stream/ws?max_fps=5', null), 'ws://other/stream/ws?max_fps=5');
  assert.equal(at('ws://other/stream/ws?max_fps=5', null, false, '9'), 'ws://other/stream/ws?max_fps=9');
  assert.equal(at('../robot', 'a b'), 'http://page/robot/streams/a%20b/ws');
  assert.throws(() => at('http://', null), TypeError);
  assert.throws(() => streamAddress({ url: null, stream: 'x', muted: false }, 'http://page/', undefined), /url is needed/);
});

test('attributes set one by one make one connection', async () => {
  const element = player({ url: 'http://robot/', stream: 'front', token: 'sesame' }).into();
  element.stream = 'rear';
  await settled();
  assert.equal(sessions.length, 1);
  const { url, token } = sessions[0].options;
  assert.deepEqual([url, token], ['http://robot/streams/rear/ws', 'sesame']);
  element.out();
});

test('fewer pictures are asked for in the address, and that is changed by a new connection', async () => {
  const element = player({ url: 'http://robot/', maxFps: 10 }).into();
  await settled();
  assert.equal(element.getAttribute('max-fps'), '10');
  element.setAttribute('max-fps', '2.5');
  await settled();
  element.maxFps = null;
  await settled();
  assert.deepEqual(sessions.map(({ options }) => options.url),
    ['http://robot/stream/ws?max_fps=10', 'http://robot/stream/ws?max_fps=2.5', 'http://robot/stream/ws']);
  assert.equal(element.hasAttribute('max-fps'), false);
  element.out();
});

const pageEvent = (type, persisted) => tab.dispatchEvent(Object.assign(new Event(type), { persisted }));

test('a page that is left and kept has no socket and no worker, and connects when it is back', async () => {
  const [front, rear] = ['front', 'rear'].map((stream) => player({ url: 'http://robot/', stream }).into());
  await settled();
  const { canvas } = front;
  become('hidden');
  pageEvent('pagehide', true);
  assert.equal(workers[0].ended, true, 'at once: nothing runs any more');
  await settled();
  assert.deepEqual([front.client, front.state.state, workers.length], [null, 'idle', 1]);

  page.visibilityState = 'visible';
  pageEvent('pageshow', true);
  await settled();
  assert.equal(workers.length, 2);
  assert.deepEqual(open().map(({ options }) => options.url), ['http://robot/streams/front/ws', 'http://robot/streams/rear/ws']);
  assert.notEqual(front.canvas, canvas);
  front.out();
  rear.out();
});

test('a page that is left and not kept is the browser\'s to end', async () => {
  const element = player({ url: 'http://robot/', stream: 'front' }).into();
  await settled();
  pageEvent('pagehide', false);
  assert.notEqual(element.client, null);
  element.out();
});

test('to be moved costs nothing; to be taken out ends everything', async () => {
  const element = player({ url: 'http://robot/', stream: 'front' }).into();
  await settled();
  const { canvas, client } = element;
  element.out().into();
  await settled();
  assert.equal(element.client, client);
  assert.equal(element.canvas, canvas);
  assert.equal(sessions.length, 1);

  element.out();
  await settled();
  assert.deepEqual([element.client, element.canvas, element.state.state], [null, null, 'idle']);
  assert.equal(open().length, 0);
  pass(5000);
  assert.equal(workers[0].ended, true, 'its worker, too');
  assert.deepEqual([watched.size, clock.timers.size], [0, 0]);
});

test('mounted twice, as StrictMode does, it has one connection and a canvas of its own', async () => {
  const element = player({ url: 'http://robot/', stream: 'front' });
  for (let i = 0; i < 5; i++) {
    element.into();
    await settled();
    element.out();
    await settled();
  }
  element.into();
  await settled();
  assert.equal(open().length, 1);
  assert.equal(new Set(canvases).size, 6, 'a canvas that was transferred cannot be used again');
  assert.deepEqual(element.shadowRoot.querySelector('.picture').shown, [element.canvas], 'and only the last is shown');
  element.out();
  await settled();
  pass(5000);
  assert.equal(sessions.every(({ forgotten }) => forgotten), true, 'the worker keeps no canvas of before');
  assert.deepEqual(workers.filter((worker) => !worker.ended), []);
});

test('a muted one connects when it is seen, and lets go when it is not', async () => {
  const element = player({ url: 'http://robot/', stream: 'front', muted: true }).into();
  await settled();
  assert.equal(sessions.length, 0, 'whether it can be seen is not known yet');
  Watcher.see(element, true);
  await settled();
  assert.equal(open().length, 1);

  Watcher.see(element, false);
  await settled();
  pass(500);
  Watcher.see(element, true);
  await settled();
  pass(5000);
  assert.equal(open().length, 1, 'whoever only scrolls past keeps it');

  Watcher.see(element, false);
  await settled();
  pass(1000);
  assert.equal(open().length, 0);
  assert.deepEqual([element.state.state, element.state.why, element.canvas], ['paused', 'hidden', null]);
  Watcher.see(element, true);
  await settled();
  become('hidden');
  await settled();
  pass(1000);
  assert.equal(open().length, 0, 'in a hidden tab, too');
  become('visible');
  await settled();
  assert.equal(open().length, 1);
  element.out();
  await settled();
});

test('one with telemetry keeps its connection, and shows nothing meanwhile', async () => {
  const element = player({ url: 'http://robot/', stream: 'front' }).into();
  await settled();
  Watcher.see(element, false);
  await settled();
  pass(5000);
  assert.equal(open().length, 1);
  assert.deepEqual(sessions[0].calls('setHidden'), [false, true]);
  const { details } = sessions[0].sent.find(({ call }) => call === 'setHidden');
  assert.equal(details[2], 320 * 180, 'the smallest of a page are reduced first');
  element.out();
  await settled();
});

test('a new token goes to the connection that stands, a new stream makes a new one', async () => {
  const element = player({ url: 'http://robot/', stream: 'front' }).into();
  await settled();
  element.token = 'sesame';
  assert.deepEqual(sessions[0].calls('setToken'), ['sesame']);
  assert.equal(element.hasAttribute('token'), false, 'whoever looks at the document does not see it');
  element.setAttribute('token', 'another');
  assert.deepEqual([element.token, sessions[0].calls('setToken').at(-1)], ['another', 'another']);
  element.pause();
  element.stream = 'rear';
  await settled();
  assert.deepEqual(open().map(({ options }) => options.url), ['http://robot/streams/rear/ws']);
  assert.deepEqual(open()[0].calls('setPaused'), [true], 'still paused');
  element.out();
  await settled();
});

test('its events are the client\'s, and those of a connection that is no more are not heard', async () => {
  const element = player({ url: 'http://robot/', stream: 'front' }).into();
  const heard = [];
  for (const type of ['state', 'statistics', 'telemetry', 'error']) element.addEventListener(type, ({ detail }) => heard.push([type, detail]));
  await settled();
  sessions[0].says('state', { ...IDLE, state: 'live', why: 'live' });
  sessions[0].says('telemetry', { subject: 'a', payload: new Uint8Array(), arrivedAt: 1 });
  assert.deepEqual(heard.map(([type, detail]) => `${type} ${detail.state ?? detail.subject}`), ['state live', 'telemetry a']);
  element.stream = 'rear';
  await settled();
  sessions[0].says('state', { ...IDLE, state: 'stale', why: 'lost' });
  assert.equal(heard.some(([, detail]) => detail.state === 'stale' || detail.why === 'closed'), false);
  element.out();
  await settled();
});

test('all of a page share one worker, which ends with the last of them', async () => {
  const all = ['front', 'rear', 'wrist'].map((stream) => player({ url: 'http://robot/', stream }).into());
  await settled();
  assert.deepEqual([workers.length, open().length], [1, 3]);
  assert.deepEqual(open().map(({ options }) => options.url.split('/').at(-2)), ['front', 'rear', 'wrist']);
  assert.equal(new Set(open().map(({ surface }) => surface)).size, 3);
  const heard = [];
  for (const element of all) element.addEventListener('state', () => heard.push(element.stream));
  sessions[1].says('state', { ...IDLE, state: 'live', why: 'live' });
  assert.deepEqual(heard, ['rear'], 'each hears what is said for it');
  all[0].out();
  all[1].out();
  await settled();
  pass(5000);
  assert.deepEqual([workers[0].ended, sessions.map(({ closed }) => closed)], [false, [true, true, false]]);
  all[2].out();
  await settled();
  pass(5000);
  assert.equal(workers[0].ended, true);
  all[0].into();
  await settled();
  assert.equal(workers.length, 2, 'whoever comes later gets a new one');
  all[0].out();
  await settled();
});

test('a worker that does not respond is told of by all, and what is tried again gets another one', async () => {
  const [front, rear] = ['front', 'rear'].map((stream) => player({ url: 'http://robot/', stream }).into());
  await settled();
  pass(6000);
  assert.deepEqual([front.state.why, rear.state.why], ['worker-hung', 'worker-hung']);
  front.retry();
  await settled();
  assert.equal(workers.length, 2);
  assert.deepEqual(sessions.map(({ worker }) => workers.indexOf(worker)), [0, 0, 1]);
  front.out();
  rear.out();
  await settled();
});

test('no address is a state, not an exception', async () => {
  const element = player({ url: 'http://', stream: 'front' }).into();
  await settled();
  assert.deepEqual([element.state.state, element.state.why], ['failed', 'bad-address']);
  element.url = 'http://robot/';
  await settled();
  assert.equal(open().length, 1);
  element.out();
  await settled();
});

test('an old picture is called old, whatever else there is to say', () => {
  const face = (state, why, ageMs, more = {}) => faceOf({ ...IDLE, state, why, ...more }, ageMs);
  const stale = face('stale', 'no-frames', 3200, { pictureOld: true });
  assert.deepEqual([stale.old, stale.alarm, stale.oldness, stale.age], ['stale', 'Not live', 'The picture is 3.2 s old.', '3.2 s']);
  assert.match(stale.why, /gets no new frames/);
  const lost = face('reconnecting', 'lost', 9000, { pictureOld: true });
  assert.deepEqual([lost.old, lost.noticed, lost.title], ['stale', true, 'Not connected']);
  assert.deepEqual([face('paused', 'paused', 9000, { pictureOld: true }).old, face('live', 'live', 40).old], ['paused', '']);
  assert.deepEqual([face('live', 'live', 40).age, face('live', 'live', 40).noticed], ['40 ms', false]);
  assert.equal(face('waiting', 'no-keyframe', null).noticed, true);
  assert.equal(face('refused', 'full', null).action, 'Try now');
});

test('a client that is closed before it began leaves the canvas to the next one', async () => {
  for (const atOnce of [true, false]) {
    let transfers = 0;
    const canvas = { style: {}, transferControlToOffscreen: () => { assert.equal(++transfers, 1, 'a canvas goes once'); return {}; } };
    const client = () => new SdrClient({ canvas, url: 'ws://robot/stream/ws' });
    const first = client();
    first.start();
    await settled();
    first.close();
    for (let i = 0; i < 2; i++) {
      const hasty = client();
      hasty.start();
      hasty.close();
    }
    if (!atOnce) await settled();
    const last = client();
    last.start();
    await settled();
    pass(4000);
    assert.equal(open().length, 1, 'it has a worker that lives');
    assert.equal(open()[0].surfaceKey, sessions[0].surfaceKey);
    last.close();
    pass(4000);
    assert.deepEqual([sessions[0].forgotten, sessions[0].worker.ended], [true, true]);
    sessions.length = 0;
  }
});

test('while its worker says nothing no picture is called live', async () => {
  const element = player({ url: 'http://robot/', stream: 'front' }).into();
  await settled();
  const live = { ...IDLE, state: 'live', why: 'live' };
  sessions[0].says('state', live);
  pass(1000);
  assert.equal(element.state.state, 'live');
  pass(2000);
  assert.deepEqual([element.state.state, element.state.pictureOld, element.client.state], ['stale', true, element.state]);
  sessions[0].says('alive', {});
  assert.deepEqual(element.state, live, 'it has not been more than slow');
  pass(2000);
  sessions[0].says('state', { ...live, state: 'reconnecting', why: 'lost' });
  pass(2000);
  assert.equal(element.state.state, 'reconnecting', 'what is not live stays what it is');
  pass(4000);
  assert.equal(element.state.why, 'worker-hung');
  element.out();
  await settled();
});
