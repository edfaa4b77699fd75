/** What <sdr-player> shows: the picture, and over it how it stands, as unmistakably in a small tile as in a window. */

import { PLAYER_STYLE } from './player-style.js';
import { duration, wordsFor } from './words.js';

const DRAW_MS = 100;
/** While all is well the age would only flicker, drawn that often. */
const FRESH_AGE_MS = 250;
const YOUNG_MS = 500;

const SHAPE = `
<div class="picture"><slot name="picture"></slot></div>
<div class="frame" part="frame"></div>
<div class="overlay" part="overlay">
  <div class="bar" part="bar">
    <p class="label" part="label" hidden></p>
    <p part="state"><span class="dot" part="dot" aria-hidden="true"></span><span class="name"></span></p>
    <p class="age" part="age" hidden></p>
  </div>
  <div class="middle">
    <p class="alarm" part="alarm" hidden><strong part="alarm-title"></strong> <span class="old"></span> <span class="why"></span></p>
    <div class="notice" part="notice" hidden>
      <strong class="title" part="notice-title"></strong><span class="text"></span><span class="hint"></span>
      <button type="button" part="action" hidden></button>
    </div>
  </div>
</div>`;

const ACTIONS = { retry: 'Try now', play: 'Play' };

/**
 * What is to be shown, as values.
 * @param {ClientState} state
 * @param {number | null} ageMs  of the picture; null: there is none
 */
export function faceOf(state, ageMs) {
  const words = wordsFor(state);
  // An element that may not play shows two or three pictures a second all the same, and none of them is live.
  const isOld = ageMs !== null && (state.pictureOld || state.why === 'play-blocked') && state.state !== 'idle';
  const explained = isOld && (state.state === 'stale' || state.why === 'play-blocked');
  return {
    name: words.name,
    dot: words.kind === 'reduced' ? 'reduced' : state.state,
    old: isOld ? words.kind : '',
    alarm: words.alarm,
    // While it recovers the latest one is young, and the ones before it were not.
    oldness: isOld && ageMs >= YOUNG_MS ? `The picture is ${duration(ageMs)} old.` : '',
    why: explained ? words.stale : '',
    age: ageMs === null ? '' : isOld || ageMs >= 1000 ? duration(ageMs) : `${Math.round(ageMs)} ms`,
    noticed: words.noticed,
    title: words.title,
    text: words.text,
    hint: words.hint,
    action: ACTIONS[words.offers] ?? '',
  };
}

export class PlayerFace {
  #host;
  #root;
  #parts = {};
  #canvas = null;
  #timer = null;
  #ageDrawnAt = 0;

  /** @param {HTMLElement} host @param {() => void} act  somebody has pressed its button */
  constructor(host, act) {
    this.#host = host;
    this.#root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
    this.#root.innerHTML = SHAPE;
    addStyle(this.#root);
    for (const name of ['picture', 'frame', 'label', 'dot', 'name', 'age', 'alarm', 'old', 'why', 'notice', 'title', 'text', 'hint']) {
      this.#parts[name] = this.#root.querySelector(`.${name}`);
    }
    this.#parts.alarmTitle = this.#root.querySelector('.alarm strong');
    this.#parts.action = this.#root.querySelector('button');
    this.#parts.action.addEventListener('click', act);
  }

  /** @returns {HTMLCanvasElement} */
  newCanvas() {
    this.#canvas = document.createElement('canvas');
    this.#canvas.setAttribute('part', 'picture');
    this.#canvas.setAttribute('role', 'img');
    this.#canvas.setAttribute('aria-label', this.#host.label || 'Live video');
    this.#parts.picture.append(this.#canvas);
    return this.#canvas;
  }

  dropCanvas() {
    this.#canvas?.remove();
    this.#canvas = null;
  }

  /** @param {() => void} redraw  called often, for the age */
  begin(redraw) {
    this.#timer ??= setInterval(redraw, DRAW_MS);
  }

  end() {
    clearInterval(this.#timer);
    this.#timer = null;
  }

  /** @param {ClientState} state @param {number | null} ageMs */
  draw(state, ageMs) {
    if (this.#host.bare) return;
    const face = faceOf(state, ageMs);
    const parts = this.#parts;
    setText(parts.label, this.#host.label ?? '');
    parts.label.hidden = parts.label.textContent === '';
    setText(parts.name, face.name);
    setData(parts.dot, 'state', face.dot);
    for (const part of [parts.picture, parts.frame, parts.alarm, parts.age]) setData(part, 'old', face.old);
    parts.alarm.hidden = face.old === '';
    setText(parts.alarmTitle, face.alarm);
    setText(parts.old, face.oldness);
    setText(parts.why, face.why);
    this.#drawAge(face);
    parts.notice.hidden = !face.noticed;
    setText(parts.title, face.title);
    setText(parts.text, face.text);
    setText(parts.hint, face.hint);
    parts.action.hidden = face.action === '';
    setText(parts.action, face.action);
  }

  #drawAge({ age, old }) {
    const now = performance.now();
    this.#parts.age.hidden = age === '';
    if (old === '' && now - this.#ageDrawnAt < FRESH_AGE_MS) return;
    this.#ageDrawnAt = now;
    setText(this.#parts.age, age);
  }
}

let sheet = null;

/** Not as an element where that can be avoided: a page's policy may forbid inline styles. */
function addStyle(root) {
  if ('adoptedStyleSheets' in root && 'replaceSync' in CSSStyleSheet.prototype) {
    if (sheet === null) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(PLAYER_STYLE);
    }
    root.adoptedStyleSheets = [sheet];
    return;
  }
  const style = document.createElement('style');
  style.textContent = PLAYER_STYLE;
  root.prepend(style);
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function setData(element, name, value) {
  if (value === '') delete element.dataset[name];
  else if (element.dataset[name] !== value) element.dataset[name] = value;
}
