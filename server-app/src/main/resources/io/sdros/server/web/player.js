/** The player page: shows what SdrClient reports, and nothing that it does not. */

import { SdrClient, VERSION } from './sdr-client.js';
import { TelemetryPanel, duration } from './telemetry-panel.js';

const STALE_MS = 500;
const DRAW_MS = 100;
const HEALTH_MS = 5000;
const REST_MS = 3000;
const TOKEN_KEY = 'sdr.token';
const PANEL_KEY = 'sdr.panel';
const PAUSE_ICON = 'M7 5h3.5v14H7zM13.5 5H17v14h-3.5z';
const PLAY_ICON = 'M7 4.5v15l12-7.5z';

const CONNECTED = ['waiting', 'live', 'stale', 'paused', 'unsupported'];

const STATE_NAMES = {
  idle: 'Starting',
  connecting: 'Connecting',
  waiting: 'No video',
  live: 'Live',
  stale: 'Stale',
  paused: 'Paused',
  reconnecting: 'Reconnecting',
  refused: 'Refused',
  unsupported: 'Cannot play',
  stopped: 'Stopped',
};

const TITLES = {
  connecting: 'Connecting',
  waiting: 'No video',
  reconnecting: 'Not connected',
  unsupported: 'This video cannot be played here',
  stopped: 'Stopped',
  token: 'Access token needed',
  origin: 'Not allowed from this address',
  full: 'The server is full',
};

const $ = (id) => document.getElementById(id);
const stage = $('stage');
const canvas = $('picture');
const now = () => performance.timeOrigin + performance.now();

/** Storage may be forbidden; the page works without. */
const remembered = {
  get(key) {
    try {
      return sessionStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      sessionStorage.setItem(key, value);
    } catch {
      // Then it is asked for again.
    }
  },
};

const token = new URLSearchParams(location.search).get('token') ?? remembered.get(TOKEN_KEY) ?? '';
const client = new SdrClient({ canvas, token, staleAfterMs: STALE_MS });
const panel = new TelemetryPanel({
  list: $('subjects'),
  empty: $('panel-empty'),
  filter: $('filter'),
  visible: () => !$('telemetry').hidden && document.visibilityState === 'visible',
  clock: now,
});

let lastFrame = null;
let framesPainted = 0;
let paused = false;
let alarmed = false;

client.addEventListener('frame', ({ detail }) => {
  lastFrame = detail;
  framesPainted++;
});
client.addEventListener('telemetry', ({ detail }) => panel.add(detail));
client.addEventListener('state', ({ detail }) => drawState(detail));
client.addEventListener('statistics', ({ detail }) => drawNumbers(detail));

// ---- state -----------------------------------------------------------------------------------------------------------

function drawState(state) {
  $('state').dataset.state = state.state;
  setText('state-text', STATE_NAMES[state.state]);
  const noticed = ['connecting', 'waiting', 'reconnecting', 'refused', 'unsupported', 'stopped'].includes(state.state);
  $('notice').hidden = !noticed;
  if (noticed) {
    setText('notice-title', TITLES[state.reason] ?? TITLES[state.state] ?? STATE_NAMES[state.state]);
    setText('notice-text', state.message);
  }
  const wantsToken = state.reason === 'token';
  $('spinner').hidden = !['connecting', 'reconnecting', 'waiting'].includes(state.state);
  if (wantsToken && $('token-form').hidden) {
    $('token-form').hidden = false;
    $('token').focus();
  }
  $('token-form').hidden = !wantsToken;
  $('retry').hidden = wantsToken || !['refused', 'reconnecting', 'stopped'].includes(state.state);
  setText('announce', `${STATE_NAMES[state.state]}. ${noticed ? state.message : ''}`);
  if (!CONNECTED.includes(state.state)) setText('nats', '');
  document.title = `${STATE_NAMES[state.state]} · Robot video`;
  drawAge();
}

/** The age is what operators steer by: it is computed here and now, not taken from the last report. */
function drawAge() {
  const { state, reason, retryAt } = client.state;
  const ageMs = client.pictureAgeMs;
  const old = ageMs !== null && ageMs > STALE_MS && state !== 'idle';
  const kind = state === 'paused' && reason === 'user' ? 'paused' : 'stale';
  if (old) stage.dataset.old = kind;
  else delete stage.dataset.old;
  $('stale').hidden = !old;
  if (old) {
    $('stale').dataset.kind = kind;
    setText('stale-title', kind === 'paused' ? 'Paused' : 'Not live');
    setText('stale-age', `picture is ${duration(ageMs)} old`);
  }
  setText('age', ageMs === null ? '–' : old ? duration(ageMs) : `${Math.round(ageMs)} ms`);
  $('age').classList.toggle('bad', old);
  const alarm = old && kind === 'stale';
  if (alarm !== alarmed) setText('alarm', alarm ? 'The picture is old.' : '');
  alarmed = alarm;
  const waitMs = retryAt === null ? 0 : retryAt - now();
  $('notice-retry').hidden = state !== 'refused' || waitMs <= 0;
  setText('notice-retry', `Next attempt in ${Math.ceil(waitMs / 1000)} s`);
}

function drawNumbers(numbers) {
  $('numbers').hidden = numbers.framesReceived === 0;
  $('screenshot').disabled = lastFrame === null;
  const { late, error, gap } = numbers.framesDropped;
  const connected = CONNECTED.includes(client.state.state);
  setText('fps', connected ? `${numbers.fps.toFixed(numbers.fps < 9.95 ? 1 : 0)} fps` : '–');
  setText('bitrate', connected ? bitrate(numbers.bitsPerSecond) : '–');
  setText('size', numbers.width > 0 ? `${numbers.width} × ${numbers.height}` : '–');
  setText('codec', numbers.codec || '–');
  $('codec').title = numbers.codecString;
  $('slow').hidden = numbers.decoder !== 'mse';
  setText('drops', String(numbers.framesMissed + late + error + gap));
  $('drops').title = `${numbers.framesMissed} never came, ${late} too late to decode, ${error} not decodable, ${gap} without their references`;
}

function bitrate(bitsPerSecond) {
  return bitsPerSecond >= 999500 ? `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bitsPerSecond / 1000)} kbit/s`;
}

function setText(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

// ---- controls --------------------------------------------------------------------------------------------------------

$('pause').addEventListener('click', () => {
  paused = !paused;
  if (paused) client.pause();
  else client.resume();
  $('pause').setAttribute('aria-pressed', String(paused));
  $('pause-icon').setAttribute('d', paused ? PLAY_ICON : PAUSE_ICON);
});

$('screenshot').addEventListener('click', () => {
  const copy = document.createElement('canvas');
  copy.width = lastFrame.width;
  copy.height = lastFrame.height;
  copy.getContext('2d').drawImage(canvas, 0, 0, copy.width, copy.height);
  const taken = new Date().toISOString().replace(/[:.]/g, '-');
  copy.toBlob((blob) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `robot-${taken}-frame-${lastFrame.frameSeq}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }, 'image/png');
});

function toggleFullscreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else stage.requestFullscreen?.().catch(() => {});
}

$('fullscreen').hidden = !document.fullscreenEnabled;
$('fullscreen').addEventListener('click', toggleFullscreen);
canvas.addEventListener('dblclick', toggleFullscreen);

function showPanel(shown) {
  $('telemetry').hidden = !shown;
  $('panel-toggle').setAttribute('aria-expanded', String(shown));
  remembered.set(PANEL_KEY, shown ? 'shown' : 'hidden');
}

$('panel-toggle').addEventListener('click', () => showPanel($('telemetry').hidden));
$('panel-close').addEventListener('click', () => {
  showPanel(false);
  $('panel-toggle').focus();
});
showPanel((remembered.get(PANEL_KEY) ?? (matchMedia('(min-width: 60rem)').matches ? 'shown' : 'hidden')) === 'shown');

$('retry').addEventListener('click', () => client.retry());
$('token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  remembered.set(TOKEN_KEY, $('token').value);
  client.setToken($('token').value);
});

let restTimer;
function stir() {
  delete stage.dataset.resting;
  clearTimeout(restTimer);
  restTimer = setTimeout(() => { if (client.state.state === 'live') stage.dataset.resting = ''; }, REST_MS);
}
stage.addEventListener('mousemove', stir);
stage.addEventListener('mouseleave', () => delete stage.dataset.resting);
document.addEventListener('keydown', stir);

// ---- the server's own state ------------------------------------------------------------------------------------------

async function drawHealth() {
  if (document.visibilityState === 'hidden') return;
  if (!CONNECTED.includes(client.state.state)) {
    setText('nats', '');
    return;
  }
  try {
    const health = await (await fetch('health', { cache: 'no-store' })).json();
    setText('nats', typeof health.nats === 'string' ? `NATS ${health.nats}` : '');
  } catch {
    setText('nats', '');
  }
}

setInterval(drawAge, DRAW_MS);
setInterval(drawHealth, HEALTH_MS);
setTimeout(drawHealth, 1000);

/** For tests and the curious: numbers only, nothing can be changed here. */
window.sdrPlayer = Object.freeze({
  version: VERSION,
  get state() { return client.state.state; },
  get reason() { return client.state.reason; },
  get message() { return client.state.message; },
  get placement() { return client.placement; },
  get decoder() { return client.statistics?.decoder ?? ''; },
  get codec() { return client.statistics?.codec ?? ''; },
  get codecString() { return client.statistics?.codecString ?? ''; },
  get width() { return lastFrame?.width ?? 0; },
  get height() { return lastFrame?.height ?? 0; },
  get framesReceived() { return client.statistics?.framesReceived ?? 0; },
  get framesDecoded() { return Math.max(client.statistics?.framesDecoded ?? 0, framesPainted); },
  get framesPainted() { return framesPainted; },
  get framesMissed() { return client.statistics?.framesMissed ?? 0; },
  get framesDropped() { return { ...client.statistics?.framesDropped }; },
  get lastFrameSeq() { return lastFrame === null ? null : Number(lastFrame.frameSeq); },
  get lastFrameId() { return lastFrame === null ? null : String(lastFrame.frameId); },
  get lastArrivedAt() { return lastFrame?.arrivedAt ?? null; },
  get lastShownAt() { return lastFrame?.shownAt ?? null; },
  get pictureAgeMs() { return client.pictureAgeMs; },
  get fps() { return client.statistics?.fps ?? 0; },
  get bitsPerSecond() { return client.statistics?.bitsPerSecond ?? 0; },
  get connects() { return client.statistics?.connects ?? 0; },
  get malformed() { return client.statistics?.malformed ?? 0; },
  get telemetryReceived() { return client.statistics?.telemetryReceived ?? 0; },
  get subjects() { return panel.subjects; },
});

drawState(client.state);
client.start();
