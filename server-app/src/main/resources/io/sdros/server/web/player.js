/** The player page: shows what SdrClient reports, and nothing that it does not. */

import { SdrClient, VERSION } from './sdr-client.js';
import { TelemetryPanel, duration } from './telemetry-panel.js';

const STALE_MS = 500;
const DRAW_MS = 100;
// While all is well the age would only flicker, drawn that often.
const FRESH_AGE_MS = 250;
const HEALTH_MS = 5000;
const REST_MS = 3000;
const TOKEN_KEY = 'sdr.token';
const PANEL_KEY = 'sdr.panel';
const PAUSE_ICON = 'M7 5h3.5v14H7zM13.5 5H17v14h-3.5z';
const PLAY_ICON = 'M7 4.5v15l12-7.5z';
const GROW_ICON = 'M4 4h6v2H6v4H4zm10 0h6v6h-2V6h-4zM4 14h2v4h4v2H4zm14 0h2v6h-6v-2h4z';
const SHRINK_ICON = 'M8 4h2v6H4V8h4zm6 0h2v4h4v2h-6zM4 14h6v6H8v-4H4zm10 0h6v2h-4v4h-2z';

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

/** By reason, else by state. */
const TITLES = {
  connecting: 'Connecting',
  waiting: 'No video',
  reconnecting: 'Not connected',
  unsupported: 'This video cannot be played here',
  stopped: 'Stopped',
  token: 'Access token needed',
  origin: 'Not allowed from this address',
  full: 'The server is full',
  'no-keyframe': 'No picture yet',
};

/** What happens next, or who can change it: by reason, else by state. */
const HINTS = {
  'no-video': 'It begins by itself as soon as frames arrive.',
  'no-keyframe': 'The robot sends frames, but none yet that a picture can begin with. The encoder has been asked for one.',
  reconnecting: 'Trying again by itself.',
  token: 'Whoever runs the server knows it. It is kept for this tab only.',
  full: 'Its setting SDR_MAX_CLIENTS decides.',
  decoder: 'It begins by itself when the video gets better.',
};

/** States of NATS in which telemetry is missing that should be there. */
const NATS_TROUBLE = {
  connecting: 'NATS: connecting',
  disconnected: 'NATS: not connected',
  refused: 'NATS: login refused',
  closed: 'NATS: closed',
};

const NATS_GOOD = { demo: 'Sample data' };

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
  more: $('panel-more'),
  filter: $('filter'),
  visible: () => !$('telemetry').hidden && document.visibilityState === 'visible',
  clock: now,
});

let lastFrame = null;
let framesPainted = 0;
let paused = false;
let alarmed = false;
let ageDrawnAt = 0;
let tokenSent = token !== '';

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
  const wantsToken = state.reason === 'token';
  const name = wantsToken ? 'Token needed' : STATE_NAMES[state.state];
  setText('state-text', name);
  const noticed = ['connecting', 'waiting', 'reconnecting', 'refused', 'unsupported', 'stopped'].includes(state.state);
  $('notice').hidden = !noticed;
  if (noticed) {
    const wrong = wantsToken && tokenSent;
    setText('notice-title', wrong ? 'Access token not accepted' : TITLES[state.reason] ?? TITLES[state.state] ?? name);
    setText('notice-text', state.message);
    const hint = HINTS[state.reason] ?? HINTS[state.state] ?? '';
    $('notice-hint').hidden = hint === '';
    setText('notice-hint', hint);
    $('token').toggleAttribute('aria-invalid', wrong);
  }
  $('spinner').hidden = !['connecting', 'reconnecting', 'waiting'].includes(state.state);
  if (wantsToken && $('token-form').hidden) {
    $('token-form').hidden = false;
    $('token').focus();
    $('token').select();
  }
  $('token-form').hidden = !wantsToken;
  $('retry').hidden = wantsToken || !['refused', 'reconnecting', 'stopped'].includes(state.state);
  setText('announce', `${name}. ${noticed ? state.message : ''}`);
  if (!CONNECTED.includes(state.state)) drawNats('');
  document.title = `${name} · Robot video`;
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
    setText('stale-age', `The picture is ${duration(ageMs)} old.`);
    setText('stale-why', state === 'stale' ? ' Connected, but no new frames come.' : '');
  }
  $('age-row').hidden = ageMs === null;
  const drawnAt = now();
  if (old || drawnAt - ageDrawnAt >= FRESH_AGE_MS) {
    ageDrawnAt = drawnAt;
    setText('age', ageMs === null ? '–' : old ? duration(ageMs) : `${Math.round(ageMs)} ms`);
  }
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
  $('pause').disabled = lastFrame === null && !paused;
  const { late, error, gap } = numbers.framesDropped;
  const connected = CONNECTED.includes(client.state.state);
  for (const id of ['fps', 'bitrate']) $(id).parentElement.hidden = !connected;
  $('size').parentElement.hidden = numbers.width === 0;
  setText('fps', connected ? `${numbers.fps.toFixed(numbers.fps > 0 && numbers.fps < 9.95 ? 1 : 0)} fps` : '–');
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

/** Narrow windows show only the buttons' icons; pointing at them tells their names. */
function setLabel(id, text) {
  setText(`${id}-text`, text);
  $(id).title = text;
}

// ---- controls --------------------------------------------------------------------------------------------------------

$('pause').addEventListener('click', () => {
  paused = !paused;
  if (paused) client.pause();
  else client.resume();
  $('pause').classList.toggle('on', paused);
  $('pause-icon').setAttribute('d', paused ? PLAY_ICON : PAUSE_ICON);
  setLabel('pause', paused ? 'Resume' : 'Pause');
});

$('screenshot').addEventListener('click', () => {
  const copy = document.createElement('canvas');
  copy.width = lastFrame.width;
  copy.height = lastFrame.height;
  copy.getContext('2d').drawImage(canvas, 0, 0, copy.width, copy.height);
  // When the picture came, not when the button was pressed: it may be an old one.
  const { arrivedAt, frameSeq } = lastFrame;
  const came = new Date(arrivedAt).toISOString().replace(/[:.]/g, '-');
  copy.toBlob((blob) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `robot-${came}-frame-${frameSeq}.png`;
    link.click();
    setText('announce', `Screenshot of frame ${frameSeq} saved.`);
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }, 'image/png');
});

function toggleFullscreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  // The whole page, so that telemetry can be opened there too.
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

$('fullscreen').hidden = !document.fullscreenEnabled;
$('fullscreen').addEventListener('click', toggleFullscreen);
canvas.addEventListener('dblclick', toggleFullscreen);
document.addEventListener('fullscreenchange', () => {
  const full = document.fullscreenElement !== null;
  $('fullscreen').classList.toggle('on', full);
  $('fullscreen-icon').setAttribute('d', full ? SHRINK_ICON : GROW_ICON);
  setLabel('fullscreen', full ? 'Exit full screen' : 'Full screen');
});

function showPanel(shown) {
  $('telemetry').hidden = !shown;
  $('panel-toggle').setAttribute('aria-expanded', String(shown));
  drawNatsWarning();
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
  tokenSent = true;
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
    drawNats('');
    return;
  }
  try {
    const health = await (await fetch('health', { cache: 'no-store' })).json();
    drawNats(typeof health.nats === 'string' ? health.nats : '');
  } catch {
    drawNats('');
  }
}

/** The panel says it itself while it is open. */
function drawNatsWarning() {
  const shown = $('nats').classList.contains('old') && $('telemetry').hidden;
  $('nats-warning').hidden = !shown;
  setText('nats-warning', shown ? $('nats').textContent : '');
}

/** @param {string} nats  as /health says it; '' when not known */
function drawNats(nats) {
  const trouble = NATS_TROUBLE[nats] ?? '';
  setText('nats', trouble || (NATS_GOOD[nats] ?? (nats === '' ? '' : `NATS ${nats}`)));
  $('nats').classList.toggle('old', trouble !== '');
  drawNatsWarning();
  panel.nothing = nats === 'off' ? 'No telemetry: the server runs without NATS (SDR_NATS_URL=none).'
    : trouble === '' ? 'No telemetry yet.' : 'No telemetry: the server is not connected to NATS.';
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
