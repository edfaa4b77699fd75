/** The player page: shows what SdrClient reports, and nothing that it does not. */

import { SdrClient, VERSION } from './sdr-client.js';
import { conditionWords, count, natsWords, slowWords, wordsFor } from './player-words.js';
import { TelemetryPanel } from './panel/panel.js';
import { duration } from './panel/value-text.js';

const DRAW_MS = 100;
// While all is well the age would only flicker, drawn that often.
const FRESH_AGE_MS = 250;
const YOUNG_MS = 500;
const HEALTH_MS = 5000;
const HEALTH_TIMEOUT_MS = 4000;
/** What lasts shorter is not read out. */
const SPOKEN_AFTER_MS = 600;
const REST_MS = 3000;
/** One per page: under one site there may be several robots, each with a token of its own. */
const TOKEN_KEY = `sdr.token ${new URL('.', location.href).pathname}`;
/** The name of the page's stream; null: the first. */
const STREAM = new URL(location.href).searchParams.get('stream');
const PAUSE_ICON = 'M7 5h3.5v14H7zM13.5 5H17v14h-3.5z';
const PLAY_ICON = 'M7 4.5v15l12-7.5z';
const GROW_ICON = 'M4 4h6v2H6v4H4zm10 0h6v6h-2V6h-4zM4 14h2v4h4v2H4zm14 0h2v6h-6v-2h4z';
const SHRINK_ICON = 'M8 4h2v6H4V8h4zm6 0h2v4h4v2h-6zM4 14h6v6H8v-4H4zm10 0h6v2h-4v4h-2z';

const CONNECTED = ['waiting', 'live', 'stale', 'paused', 'unsupported'];

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
  /** @returns {boolean} whether it is remembered */
  set(key, value) {
    try {
      sessionStorage.setItem(key, value);
      return true;
    } catch {
      return false;
    }
  },
};

/**
 * A token in the address is tried first, kept for the tab and taken out of the address, where it would be seen, copied,
 * and at each reload win over the one typed since. The one kept before is tried when it is refused.
 */
let spareToken = '';
function firstToken() {
  const kept = remembered.get(TOKEN_KEY) ?? '';
  const address = new URL(location.href);
  const given = address.searchParams.get('token');
  if (given === null) return kept;
  if (kept !== given) spareToken = kept;
  if (remembered.set(TOKEN_KEY, given)) {
    address.searchParams.delete('token');
    history.replaceState(history.state, '', address);
  }
  return given;
}

function useToken(token) {
  remembered.set(TOKEN_KEY, token);
  client.setToken(token);
}

/** Where the page's stream is; undefined for the first. */
function streamUrl() {
  return STREAM === null ? undefined : new URL(`streams/${encodeURIComponent(STREAM)}/ws`, new URL('.', location.href)).href;
}

const client = new SdrClient({ canvas, url: streamUrl(), token: firstToken(), telemetry: 'gathered' });
const panel = new TelemetryPanel({
  host: $('telemetry'), toggle: $('panel-toggle'), remembered, clock: now, changed: drawNatsWarning,
});

let lastFrame = null;
let framesPainted = 0;
let paused = false;
let alarmed = false;
let ageDrawnAt = 0;
let spokenTimer;
let conditions = [];
/** What is wrong with telemetry; '' when nothing is. */
let natsTrouble = '';

client.addEventListener('frame', ({ detail }) => {
  lastFrame = detail;
  framesPainted++;
});
client.addEventListener('telemetryvalues', ({ detail }) => panel.add(detail));
client.addEventListener('state', ({ detail }) => drawState(detail));
client.addEventListener('statistics', ({ detail }) => drawNumbers(detail));

// ---- state -----------------------------------------------------------------------------------------------------------

function drawState(state) {
  if (state.why === 'token-wrong' && spareToken !== '') {
    const token = spareToken;
    spareToken = '';
    useToken(token);
    return;
  }
  const words = wordsFor(state);
  $('state').dataset.state = state.state;
  setText('state-text', words.name);
  $('notice').hidden = !words.noticed;
  if (words.noticed) {
    setText('notice-title', words.title);
    $('notice-text').hidden = words.text === '';
    setText('notice-text', words.text);
    $('notice-hint').hidden = words.hint === '';
    setText('notice-hint', words.hint);
  }
  $('spinner').hidden = !words.spins;
  offer(words.offers, state.why === 'token-wrong');
  speak(words.spoken);
  if (!CONNECTED.includes(state.state)) drawNats('');
  document.title = `${words.name} · Robot video`;
  drawAge();
}

function offer(offers, tokenWrong) {
  const asked = !$('token-form').hidden;
  $('token').toggleAttribute('aria-invalid', tokenWrong);
  $('token-form').hidden = offers !== 'token';
  if (offers === 'token' && !asked) {
    $('token').focus();
    $('token').select();
  }
  $('retry').hidden = offers !== 'retry';
  $('play').hidden = offers !== 'play';
}

/** Not each of the states that are passed through: who listens wants to know where it ends. */
function speak(words) {
  clearTimeout(spokenTimer);
  spokenTimer = setTimeout(() => setText('announce', words), SPOKEN_AFTER_MS);
}

/** The age is what operators steer by: it is computed here and now, not taken from the last report. */
function drawAge() {
  const { state, why, retryAt, pictureOld } = client.state;
  const { kind, stale } = wordsFor(client.state);
  const ageMs = client.pictureAgeMs;
  // An element that may not play shows two or three pictures a second all the same, and none of them is live.
  const old = ageMs !== null && (pictureOld || why === 'play-blocked') && state !== 'idle';
  if (old) stage.dataset.old = kind;
  else delete stage.dataset.old;
  $('stale').hidden = !old;
  if (old) {
    $('stale').dataset.kind = kind;
    setText('stale-title', kind === 'paused' ? 'Paused' : 'Not live');
    // While it recovers the latest one is young, and the ones before it were not.
    setText('stale-age', ageMs < YOUNG_MS ? '' : `The picture is ${duration(ageMs)} old.`);
    setText('stale-why', stale !== '' && (state === 'stale' || why === 'play-blocked') ? ` ${stale}` : '');
  }
  $('age-row').hidden = ageMs === null;
  const drawnAt = now();
  if (old || drawnAt - ageDrawnAt >= FRESH_AGE_MS) {
    ageDrawnAt = drawnAt;
    setText('age', ageMs === null ? '–' : old || ageMs >= 1000 ? duration(ageMs) : `${Math.round(ageMs)} ms`);
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
  const slow = slowWords({
    decoder: numbers.decoder, secure: isSecureContext, protocol: location.protocol,
    reorderDelayMs: numbers.reorderDelayMs ?? 0,
  });
  $('slow').hidden = slow === '';
  setText('slow', slow);
  drawConditions(conditions);
  setText('drops', count(numbers.framesMissed + late + error + gap));
  $('drops').title = `${count(numbers.framesMissed)} never came, ${count(late)} too late to decode, ${count(error)} not decodable, `
    + `${count(gap)} without their references`;
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

$('retry').addEventListener('click', () => client.retry());
$('play').addEventListener('click', () => client.resume());
$('token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  spareToken = '';
  useToken($('token').value);
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
    drawConditions([]);
    return;
  }
  try {
    const health = await (await fetch('health', { cache: 'no-store', signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) })).json();
    drawNats(typeof health.nats === 'string' ? health.nats : '', health.nats_denied ?? []);
    // What is said without a name is of the first stream.
    const own = STREAM === null ? health : health.streams?.find(({ name }) => name === STREAM);
    drawConditions((own?.conditions ?? []).map(({ condition }) => condition));
  } catch {
    drawNats('');
    drawConditions([]);
  }
}

/** @param {string[]} named  what the server finds in the stream; the card says no less of the one that it is about */
function drawConditions(named) {
  conditions = named;
  const bFramesSaid = (client.statistics?.reorderDelayMs ?? 0) > 0;
  const words = conditionWords(named.filter((name) => name !== client.state.condition), bFramesSaid);
  $('stream-warning').hidden = words === '';
  setText('stream-warning', words);
}

/** The panel says it itself while it is open. */
function drawNatsWarning() {
  const shown = natsTrouble !== '' && $('telemetry').hidden;
  $('nats-warning').hidden = !shown;
  setText('nats-warning', shown ? natsTrouble : '');
}

/** @param {string} nats  as /health says it; '' when not known @param {{ operation: string, subject: string }[]} denied */
function drawNats(nats, denied = []) {
  const words = natsWords(nats, denied);
  natsTrouble = words.trouble ? words.text : '';
  panel.say(words);
  drawNatsWarning();
}

setInterval(drawAge, DRAW_MS);
setInterval(drawHealth, HEALTH_MS);
setTimeout(drawHealth, 1000);

/** For tests and the curious: numbers only, nothing can be changed here. */
window.sdrPlayer = Object.freeze({
  version: VERSION,
  get state() { return client.state.state; },
  get reason() { return client.state.reason; },
  get why() { return client.state.why; },
  get message() { return client.state.message; },
  get condition() { return client.state.condition; },
  get keyframeAsked() { return client.state.keyframeAsked; },
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
