import { SdrClient } from './sdr-client.js';

const STALE_MS = 500;
const REFRESH_MS = 250;
const MOST_SUBJECTS = 200;
const LONGEST_VALUE = 2000;

const byId = (id) => document.getElementById(id);
const canvas = byId('picture');
const context = canvas.getContext('2d', { alpha: false });
const pageToken = new URLSearchParams(location.search).get('token') ?? '';
const streamUrl = new URL('stream/ws', location.href);
streamUrl.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
streamUrl.search = '';
const client = new SdrClient({ url: streamUrl.href, token: pageToken });

client.addEventListener('picture', ({ detail }) => {
  if (canvas.width !== detail.width || canvas.height !== detail.height) {
    canvas.width = detail.width;
    canvas.height = detail.height;
  }
  context.drawImage(detail.image, 0, 0);
});

client.addEventListener('state', ({ detail }) => {
  document.body.dataset.state = detail.state;
  byId('state-text').textContent = detail.state;
  byId('notice-text').textContent = detail.message;
  byId('token-form').hidden = detail.status !== 401;
});

byId('token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  client.token = byId('token').value.trim();
  client.connect();
});

byId('telemetry-button').addEventListener('click', () => {
  const panel = byId('telemetry');
  panel.hidden = !panel.hidden;
  byId('telemetry-button').setAttribute('aria-expanded', String(!panel.hidden));
});

byId('full-button').addEventListener('click', () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
});

/** subject → { item, value, rate, count, text } */
const subjects = new Map();

function readable(payload) {
  const text = new TextDecoder().decode(payload.subarray(0, LONGEST_VALUE));
  try {
    return JSON.stringify(JSON.parse(text), null, 1).replace(/\n\s*/g, ' ');
  } catch {
    // Not JSON, or cut off: shown as it is, if it is text at all.
    return /[\u0000-\u0008\ufffd]/.test(text) ? `${payload.length} bytes` : text;
  }
}

function newSubject(name) {
  const item = document.createElement('li');
  const heading = document.createElement('h3');
  const rate = document.createElement('span');
  const value = document.createElement('pre');
  heading.append(name, rate);
  item.append(heading, value);
  const after = [...subjects.keys()].filter((other) => other > name).sort()[0];
  byId('subjects').insertBefore(item, after ? subjects.get(after).item : null);
  byId('telemetry-empty').hidden = true;
  return { item, value, rate, count: 0, payload: null };
}

client.addEventListener('telemetry', ({ detail }) => {
  let entry = subjects.get(detail.subject);
  if (!entry) {
    if (subjects.size >= MOST_SUBJECTS) return;
    entry = newSubject(detail.subject);
    subjects.set(detail.subject, entry);
  }
  entry.count++;
  entry.payload = detail.payload;
});

let before = { time: performance.now(), ...client.statistics };

function refresh() {
  const now = { time: performance.now(), ...client.statistics };
  const stale = client.state === 'live' && client.frameAge > STALE_MS;
  document.body.classList.toggle('is-stale', stale);
  byId('stale').hidden = !stale;
  if (stale) byId('stale').textContent = `Picture is ${(client.frameAge / 1000).toFixed(1)} s old`;
  if (now.time - before.time >= 1000) {
    const seconds = (now.time - before.time) / 1000;
    figures(now, seconds);
    for (const entry of subjects.values()) {
      entry.rate.textContent = `${(entry.count / seconds).toFixed(entry.count / seconds < 10 ? 1 : 0)}/s`;
      entry.count = 0;
    }
    before = now;
  }
  for (const entry of subjects.values()) {
    if (entry.payload) {
      entry.value.textContent = readable(entry.payload);
      entry.payload = null;
    }
  }
}

function figures(now, seconds) {
  const megabits = (now.bytesReceived - before.bytesReceived) * 8 / seconds / 1e6;
  const facts = [
    ['fps', ((now.framesPainted - before.framesPainted) / seconds).toFixed(0)],
    ['Mbit/s', megabits.toFixed(1)],
    ['size', now.width ? `${now.width}×${now.height}` : '–'],
    ['codec', now.codec || '–'],
    ['dropped', String(now.framesDropped)],
  ];
  byId('figures').replaceChildren(...facts.map(([name, value]) => {
    const group = document.createElement('div');
    const term = document.createElement('dt');
    const data = document.createElement('dd');
    term.textContent = name;
    data.textContent = value;
    group.append(term, data);
    return group;
  }));
}

setInterval(refresh, REFRESH_MS);
client.connect();

/** For tests and the curious; read-only. */
Object.defineProperty(window, 'sdrPlayer', {
  value: Object.freeze({
    get state() { return client.state; },
    get statistics() { return client.statistics; },
    get framesPainted() { return client.statistics.framesPainted; },
    get frameAge() { return client.frameAge; },
  }),
});
