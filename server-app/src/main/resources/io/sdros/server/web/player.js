/** The player page: shows what its players report, and nothing that they do not. */

import { AgeParts } from './age-parts.js';
import { Announcer } from './announcer.js';
import { conditionNames } from './client/problems.js';
import { AccessToken, remembered } from './page-memory.js';
import { reportOf } from './page-report.js';
import { TelemetryPanel } from './panel/panel.js';
import { conditionWords, count, natsWords, otherStreamsWords, slowWords, tilesWords, wordsFor } from './player-words.js';
import { duration } from './sdr-client.js';
import { Shortcuts } from './shortcuts.js';
import { Tiles, streamsOf } from './tiles.js';

const DRAW_MS = 100;
// While all is well the age would only flicker, drawn that often.
const FRESH_AGE_MS = 250;
const YOUNG_MS = 500;
const HEALTH_MS = 5000;
const HEALTH_TIMEOUT_MS = 4000;
const REST_MS = 3000;
const PAUSE_ICON = 'M7 5h3.5v14H7zM13.5 5H17v14h-3.5z';
const PLAY_ICON = 'M7 4.5v15l12-7.5z';
const GROW_ICON = 'M4 4h6v2H6v4H4zm10 0h6v6h-2V6h-4zM4 14h2v4h4v2H4zm14 0h2v6h-6v-2h4z';
const SHRINK_ICON = 'M8 4h2v6H4V8h4zm6 0h2v4h4v2h-6zM4 14h6v6H8v-4H4zm10 0h6v2h-4v4h-2z';

const CONNECTED = ['waiting', 'live', 'stale', 'paused', 'unsupported'];

const $ = (id) => document.getElementById(id);
const stage = $('stage');
const now = () => performance.timeOrigin + performance.now();

const announcer = new Announcer((text) => setText('announce', text));
const token = new AccessToken();
const tiles = new Tiles($('tiles'), $('streams'), $('title').textContent, token.value);
const panel = new TelemetryPanel({
  host: $('telemetry'), toggle: $('panel-toggle'), remembered, clock: now, changed: drawNatsWarning,
  announce: (text) => announcer.say(text),
});

const ageParts = new AgeParts($('age'), $('age-parts'));

let alarmed = '';
let ageDrawnAt = 0;
let conditions = [];
/** What is wrong with telemetry; '' when nothing is. */
let natsTrouble = '';

for (const tile of tiles.all) {
  tile.player.addEventListener('telemetryvalues', ({ detail }) => panel.add(detail));
  tile.player.addEventListener('state', ({ detail }) => stateChanged(tile, detail));
  tile.player.addEventListener('statistics', ({ detail }) => { if (tile === tiles.shown) drawNumbers(detail); });
}

// ---- state -----------------------------------------------------------------------------------------------------------

function stateChanged(tile, state) {
  if (state.why === 'token-wrong' && tile.player.token === token.value && token.refused()) tiles.useToken(token.value);
  else if (tiles.shown === null) drawTiles();
  else if (tile === tiles.shown) drawState(state);
}

/** Another tile, or the grid. */
function drawView() {
  const { shown } = tiles;
  if (shown === null) {
    drawTiles();
  } else {
    drawState(shown.player.state);
    drawPause(shown.paused);
    if (shown.player.statistics === null) {
      $('numbers').hidden = true;
      ageParts.draw(null, false);
    } else {
      drawNumbers(shown.player.statistics);
    }
  }
  drawConditions([]);
  drawHealth();
}

/** The grid: each tile tells its own state, the page how many are live, and asks for the token once. */
function drawTiles() {
  delete stage.dataset.old;
  $('stale').hidden = true;
  const asking = tiles.all.find(({ player }) => wordsFor(player.state).offers === 'token');
  drawNotice(asking === undefined ? null : asking.player.state);
  const live = tiles.all.filter(({ player }) => player.state.state === 'live').length;
  const reduced = tiles.all.filter(({ player }) => player.state.why === 'reduced').length;
  const { name, good } = tilesWords(live, reduced, tiles.all.length);
  $('state').dataset.state = good ? 'live' : 'waiting';
  setText('state-text', name);
  for (const { cover, title, player } of tiles.all) {
    const label = `${title}: ${wordsFor(player.state).name}. Show large`;
    if (cover.getAttribute('aria-label') !== label) cover.setAttribute('aria-label', label);
  }
  if (!tiles.all.some(({ player }) => CONNECTED.includes(player.state.state))) drawNats('');
  announcer.state(`${name}.`);
  document.title = `${name} · Robot video`;
  drawAlarm();
}

function drawState(state) {
  const words = wordsFor(state);
  $('state').dataset.state = words.kind === 'reduced' ? 'reduced' : state.state;
  setText('state-text', words.name);
  drawNotice(words.noticed ? state : null);
  drawPossible();
  announcer.state(words.spoken);
  if (!CONNECTED.includes(state.state)) drawNats('');
  document.title = [words.name, tiles.shown.title, 'Robot video'].filter(Boolean).join(' · ');
  drawAge();
}

/** @param {ClientState | null} state  null: there is nothing to be said */
function drawNotice(state) {
  $('notice').hidden = state === null;
  const words = state === null ? { offers: '', spins: false } : wordsFor(state);
  if (state !== null) {
    setText('notice-title', words.title);
    $('notice-text').hidden = words.text === '';
    setText('notice-text', words.text);
    $('notice-hint').hidden = words.hint === '';
    setText('notice-hint', words.hint);
  }
  $('spinner').hidden = !words.spins;
  offer(words.offers, state?.why === 'token-wrong');
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

/** An element that may not play shows two or three pictures a second all the same, and none of them is live. */
function isOld({ state, pictureAgeMs }) {
  return pictureAgeMs !== null && (state.pictureOld || state.why === 'play-blocked') && state.state !== 'idle';
}

/** The age is what operators steer by: it is computed here and now, not taken from the last report. */
function drawAge() {
  drawAlarm();
  if (tiles.shown === null) return;
  const { player } = tiles.shown;
  const { state, why, retryAt } = player.state;
  const { kind, alarm, stale } = wordsFor(player.state);
  const ageMs = player.pictureAgeMs;
  const old = isOld(player);
  if (old) stage.dataset.old = kind;
  else delete stage.dataset.old;
  $('stale').hidden = !old;
  if (old) {
    $('stale').dataset.kind = kind;
    setText('stale-title', alarm);
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
  const waitMs = retryAt === null ? 0 : retryAt - now();
  $('notice-retry').hidden = state !== 'refused' || waitMs <= 0;
  setText('notice-retry', `Next attempt in ${Math.ceil(waitMs / 1000)} s`);
}

/** Of every picture that people look at: who only listens has to hear it at once. */
function drawAlarm() {
  const old = tiles.all.filter(({ player }) => (tiles.shown === null || player === tiles.shown.player)
    && isOld(player) && wordsFor(player.state).kind === 'stale');
  const alarm = old.map(({ title }) => (title === '' ? 'The picture is old.' : `${title}: the picture is old.`)).join(' ');
  if (alarm !== alarmed) setText('alarm', alarm);
  alarmed = alarm;
}

/** What needs a picture. */
function drawPossible() {
  const { pictures: { last }, paused } = tiles.shown;
  $('screenshot').disabled = last === null;
  $('pause').disabled = last === null && !paused;
}

function drawNumbers(numbers) {
  const { player } = tiles.shown;
  drawPossible();
  $('numbers').hidden = numbers.framesReceived === 0;
  const { late, error, gap } = numbers.framesDropped;
  const connected = CONNECTED.includes(player.state.state);
  ageParts.draw(numbers, connected);
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
  const { shown } = tiles;
  shown.paused = !shown.paused;
  if (shown.paused) shown.player.pause();
  else shown.player.resume();
  drawPause(shown.paused);
});

function drawPause(paused) {
  $('pause').classList.toggle('on', paused);
  $('pause-icon').setAttribute('d', paused ? PLAY_ICON : PAUSE_ICON);
  setLabel('pause', paused ? 'Resume' : 'Pause');
}

$('screenshot').addEventListener('click', () => {
  const { pictures: { last }, player } = tiles.shown;
  const copy = document.createElement('canvas');
  copy.width = last.width;
  copy.height = last.height;
  copy.getContext('2d').drawImage(player.canvas, 0, 0, copy.width, copy.height);
  // When the picture came, not when the button was pressed: it may be an old one.
  const { arrivedAt, frameSeq } = last;
  const came = new Date(arrivedAt).toISOString().replace(/[:.]/g, '-');
  copy.toBlob((blob) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `robot-${came}-frame-${frameSeq}.png`;
    link.click();
    announcer.say(`Screenshot of frame ${frameSeq} saved.`);
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
$('tiles').addEventListener('dblclick', () => { if (tiles.shown !== null) toggleFullscreen(); });
document.addEventListener('fullscreenchange', () => {
  const full = document.fullscreenElement !== null;
  $('fullscreen').classList.toggle('on', full);
  $('fullscreen-icon').setAttribute('d', full ? SHRINK_ICON : GROW_ICON);
  setLabel('fullscreen', full ? 'Exit full screen' : 'Full screen');
});

$('retry').addEventListener('click', () => tiles.current.player.retry());
$('play').addEventListener('click', () => tiles.current.player.resume());
$('token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  token.use($('token').value);
  tiles.useToken(token.value);
});

/** As if somebody had pressed it, if that is possible now. */
function press(id) {
  if ($(id).getClientRects().length > 0) $(id).click();
}

new Shortcuts([
  { key: ' ', does: 'Pause, and go on', act: () => press('pause') },
  { key: 'f', does: 'Full screen', act: () => press('fullscreen') },
  { key: 's', does: 'Screenshot', act: () => press('screenshot') },
  { key: 't', does: 'Telemetry', act: () => panel.toggle() },
  ...(tiles.several ? tiles.all.slice(0, 9).map((tile, i) => ({ key: String(i + 1), does: tile.title, act: () => tiles.show(tile) })) : []),
  ...(tiles.several ? [{ key: '0', does: 'All streams', act: () => tiles.show(null) }] : []),
], tiles.several ? [{ keys: 'Arrows, Enter, Esc', does: 'Choose a stream, make it large, all streams' }] : [], remembered,
document.querySelector('.controls'));

let restTimer;
function stir() {
  delete stage.dataset.resting;
  clearTimeout(restTimer);
  restTimer = setTimeout(() => { if (tiles.shown?.player.state.state === 'live') stage.dataset.resting = ''; }, REST_MS);
}
stage.addEventListener('mousemove', stir);
stage.addEventListener('mouseleave', () => delete stage.dataset.resting);
document.addEventListener('keydown', stir);

// ---- the server's own state ------------------------------------------------------------------------------------------

async function drawHealth() {
  if (document.visibilityState === 'hidden') return;
  if (!tiles.all.some(({ player }) => CONNECTED.includes(player.state.state))) {
    drawNats('');
    drawConditions([]);
    return;
  }
  try {
    const health = await (await fetch('health', { cache: 'no-store', signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) })).json();
    drawNats(typeof health.nats === 'string' ? health.nats : '', health.nats_denied ?? []);
    drawStreams((health.streams ?? []).map(({ name }) => name));
    // What is said without a name is of the first stream.
    const name = tiles.shown?.name ?? null;
    const own = name === null ? health : health.streams?.find((stream) => stream.name === name);
    drawConditions(conditionNames(own?.conditions));
  } catch {
    drawNats('');
    drawConditions([]);
  }
}

/** @param {string[]} named  what the server finds in the stream; the card says no less of the one that it is about */
function drawConditions(named) {
  conditions = named;
  const { statistics, state } = tiles.current.player;
  const bFramesSaid = (statistics?.reorderDelayMs ?? 0) > 0;
  const words = conditionWords(named.filter((name) => name !== state.condition), bFramesSaid);
  $('stream-warning').hidden = words === '';
  setText('stream-warning', words);
}

/** The server may have been started anew with other streams. @param {string[]} names  that it has now */
function drawStreams(names) {
  const words = tiles.several ? otherStreamsWords(streamsOf($('streams')).map(({ name }) => name), names) : '';
  $('streams-warning').hidden = words === '';
  setText('streams-warning', words);
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

window.sdrPlayer = reportOf(tiles, panel);
tiles.addEventListener('view', drawView);
drawView();
