/**
 * The list of telemetry subjects: last value, rate, trend of one number. Draws a few times a second, however much comes, and
 * whatever comes: work per message and per second is bounded, and a row that cannot be drawn does not stop the others.
 */

import { MAX_JSON_CHARACTERS, MAX_JSON_DEPTH, firstNumber, indented, numberAt, readJson } from './json-text.js';
import { RateMeter } from './sdr-client.js';

const DRAW_MS = 200;
const MAX_SUBJECTS = 500;
const MAX_VALUE_CHARACTERS = 4000;
/** Of values that are written anew at one drawing; the rows that have to wait come first at the next. */
const MAX_DRAWN_BYTES = 100000;
/** Of messages that are looked into for a number, in one second. */
const MAX_TREND_BYTES = 500000;
const TREND_POINTS = 120;
const RATE_STEP_MS = 20;
const OLD_MS = 5000;
const SVG = 'http://www.w3.org/2000/svg';

/** @typedef {import('./sdr-client.js').Telemetry} Telemetry */

/** So much a second, and what is over is refused. */
export class Budget {
  #perSecond;
  #left;
  #since = -Infinity;

  constructor(perSecond) {
    this.#perSecond = this.#left = perSecond;
  }

  /** @returns {boolean} whether so much may be spent now */
  spend(nowMs, amount) {
    if (nowMs - this.#since >= 1000) {
      this.#since = nowMs;
      this.#left = this.#perSecond;
    }
    if (amount > this.#left) return false;
    this.#left -= amount;
    return true;
  }
}

/** One subject and its place in the list. */
class Row {
  #rate = new RateMeter(5000);
  #uncounted = 0;
  #countedAt = -Infinity;
  #last = null;
  #dirty = false;
  #broken = false;
  #trendPath = null;
  #trend = [];
  #parts;

  constructor(subject) {
    this.subject = subject;
    this.#parts = rowElements(subject);
    this.element = this.#parts.item;
  }

  /** @param {Telemetry} message @param {Budget} budget  for looking into messages */
  add(message, budget) {
    this.#last = message;
    this.#dirty = true;
    // A meter keeps an entry for each call, and there may be thousands of messages a second.
    this.#uncounted++;
    if (message.arrivedAt - this.#countedAt >= RATE_STEP_MS) {
      this.#countedAt = message.arrivedAt;
      this.#rate.add(message.arrivedAt, this.#uncounted);
      this.#uncounted = 0;
    }
    const { length } = message.payload;
    if (length > MAX_JSON_CHARACTERS || !budget.spend(message.arrivedAt, length)) return;
    const { part } = readJson(message.text() ?? '');
    if (part === null) return;
    this.#trendPath ??= firstNumber(part);
    const number = this.#trendPath === null ? null : numberAt(part, this.#trendPath);
    if (number === null) return;
    this.#trend.push(number);
    if (this.#trend.length > TREND_POINTS) this.#trend.shift();
  }

  /** How much there is to be written anew. */
  get dueBytes() {
    return this.#dirty && this.#parts.details.open ? Math.min(this.#last.payload.length, MAX_JSON_CHARACTERS) + 1 : 0;
  }

  drawRate(now) {
    const ageMs = now - this.#last.arrivedAt;
    const old = ageMs > OLD_MS;
    const perSecond = this.#rate.perSecond(now);
    setText(this.#parts.rate, old || perSecond === 0 ? `${duration(ageMs)} ago` : `${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s`);
    this.#parts.rate.classList.toggle('old', old);
  }

  drawValue() {
    this.#dirty = false;
    const text = readable(this.#last.payload);
    setText(this.#parts.value, text);
    // What has to be scrolled must be reachable by keyboard; what has not, better is not.
    if (mayScroll(text)) this.#parts.value.tabIndex = 0;
    else this.#parts.value.removeAttribute('tabindex');
    this.#drawTrend();
  }

  /** @param {Error} error  why it cannot be drawn */
  failed(error) {
    this.#dirty = false;
    setText(this.#parts.value, `This value cannot be shown: ${error.message}`);
    if (!this.#broken) console.warn(`telemetry ${this.subject}: ${error.stack ?? error}`);
    this.#broken = true;
  }

  opened() {
    this.#dirty = this.#last !== null;
  }

  #drawTrend() {
    const { trend, line, range } = this.#parts;
    trend.hidden = this.#trend.length < 2;
    if (trend.hidden) return;
    const low = Math.min(...this.#trend);
    const high = Math.max(...this.#trend);
    const span = high - low || 1;
    line.setAttribute('points', this.#trend.map((value, i) =>
      `${((i / (TREND_POINTS - 1)) * 100).toFixed(1)},${(high === low ? 12 : 23 - ((value - low) / span) * 22).toFixed(1)}`).join(' '));
    const values = high === low ? short(low) : `${short(low)} … ${short(high)}`;
    setText(range, `${pathName(this.#trendPath)}  ${values}`);
  }
}

function rowElements(subject) {
  const item = document.createElement('li');
  const details = item.appendChild(document.createElement('details'));
  details.open = true;
  const summary = details.appendChild(document.createElement('summary'));
  const name = summary.appendChild(document.createElement('span'));
  name.className = 'subject';
  // Long names break at their dots.
  subject.split('.').forEach((word, i) => {
    if (i > 0) name.append('.', document.createElement('wbr'));
    name.append(word);
  });
  const rate = summary.appendChild(document.createElement('span'));
  rate.className = 'rate';
  const trend = details.appendChild(document.createElement('div'));
  trend.className = 'trend';
  trend.hidden = true;
  const picture = trend.appendChild(document.createElementNS(SVG, 'svg'));
  picture.setAttribute('viewBox', '0 0 100 24');
  picture.setAttribute('preserveAspectRatio', 'none');
  picture.setAttribute('aria-hidden', 'true');
  const line = picture.appendChild(document.createElementNS(SVG, 'polyline'));
  const range = trend.appendChild(document.createElement('span'));
  const value = details.appendChild(document.createElement('pre'));
  value.className = 'value';
  value.setAttribute('role', 'group');
  value.setAttribute('aria-label', `Last value of ${subject}`);
  return { item, details, rate, trend, line, range, value };
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const pathName = (path) => path.map((step) => String(step).replace(/^"|"$/g, '')).join('.') || 'value';

const UTF8_BYTES = 4;

/**
 * @param {Uint8Array} payload
 * @returns {string} JSON indented, other text as it came, bytes in hexadecimal; never much longer than the limit
 */
export function readable(payload) {
  const bytes = payload.length;
  if (bytes === 0) return '0 bytes';
  const kept = payload.subarray(0, MAX_JSON_CHARACTERS * UTF8_BYTES);
  let text;
  try {
    // What was cut off in the middle of a character is no fault.
    text = new TextDecoder('utf-8', { fatal: true }).decode(kept, { stream: kept.length < bytes });
  } catch {
    const start = [...payload.subarray(0, 64)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    return `${bytes} bytes: ${start}${bytes > 64 ? ' …' : ''}`;
  }
  const { part, why } = kept.length < bytes ? { part: null, why: 'long' } : readJson(text);
  const shown = part === null ? text : indented(part, MAX_VALUE_CHARACTERS);
  const notes = [];
  if (why === 'deep') notes.push(`as it came: nested more than ${MAX_JSON_DEPTH} deep`);
  if (shown.length > MAX_VALUE_CHARACTERS) notes.push(`${bytes} bytes in all`);
  return shown.slice(0, MAX_VALUE_CHARACTERS) + (notes.length === 0 ? '' : `\n… ${notes.join(', ')}`);
}

const LEAST_LINE_CHARACTERS = 24;
const LEAST_LINES = 12;

/** Whether a text may be longer than what .value shows at once; asking the browser would lay out the page each time. */
function mayScroll(text) {
  return text.split('\n').reduce((lines, line) => lines + 1 + Math.floor(line.length / LEAST_LINE_CHARACTERS), 0) > LEAST_LINES;
}

/** Four digits, but none before the point is rounded away as long as there are no more than a double has. */
function short(number) {
  const size = Math.abs(number);
  return size >= 1000 && size <= Number.MAX_SAFE_INTEGER ? String(Math.round(number)) : String(Number(number.toPrecision(4)));
}

/** @param {number} ms @returns {string} e.g. '0.8 s', '12 s', '3 min', '2 h' */
export function duration(ms) {
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 90000) return `${Math.round(ms / 1000)} s`;
  if (ms < 5400000) return `${Math.round(ms / 60000)} min`;
  return `${Math.round(ms / 3600000)} h`;
}

export class TelemetryPanel {
  #rows = new Map();
  #list;
  #empty;
  #more;
  #filter;
  #unlisted = 0;
  #budget = new Budget(MAX_TREND_BYTES);
  #nothing = 'No telemetry yet.';

  /**
   * @param {{ list: HTMLElement, empty: HTMLElement, more: HTMLElement, filter: HTMLInputElement, visible: () => boolean,
   *     clock: () => number }} parts
   */
  constructor({ list, empty, more, filter, visible, clock }) {
    this.#list = list;
    this.#empty = empty;
    this.#more = more;
    this.#filter = filter;
    filter.addEventListener('input', () => this.#applyFilter());
    // 'toggle' does not bubble, but it can be captured.
    list.addEventListener('toggle', (event) => {
      this.#rows.get(event.target.querySelector('.subject').textContent)?.opened();
    }, true);
    setInterval(() => { if (visible()) this.#draw(clock()); }, DRAW_MS);
  }

  get subjects() {
    return [...this.#rows.keys()];
  }

  /** What to say while there is no subject. @param {string} text */
  set nothing(text) {
    if (text === this.#nothing) return;
    this.#nothing = text;
    this.#sayHowMany();
  }

  /** @param {Telemetry} message */
  add(message) {
    let row = this.#rows.get(message.subject);
    if (row === undefined) {
      if (this.#rows.size >= MAX_SUBJECTS) {
        this.#unlisted++;
        return;
      }
      row = this.#insert(message.subject);
    }
    attempt(row, () => row.add(message, this.#budget));
  }

  #insert(subject) {
    const row = new Row(subject);
    let next = null;
    for (const other of this.#rows.values()) {
      if (other.subject > subject && (next === null || other.subject < next.subject)) next = other;
    }
    this.#rows.set(subject, row);
    row.element.hidden = !this.#matches(row);
    this.#list.insertBefore(row.element, next === null ? null : next.element);
    this.#sayHowMany();
    return row;
  }

  #matches(row) {
    return row.subject.toLowerCase().includes(this.#filter.value.trim().toLowerCase());
  }

  #applyFilter() {
    for (const row of this.#rows.values()) row.element.hidden = !this.#matches(row);
    this.#sayHowMany();
  }

  #sayHowMany() {
    this.#empty.hidden = [...this.#rows.values()].some((row) => !row.element.hidden);
    setText(this.#empty, this.#rows.size === 0 ? this.#nothing : 'No subject matches the filter.');
  }

  #draw(now) {
    this.#more.hidden = this.#unlisted === 0;
    if (this.#unlisted > 0) {
      setText(this.#more, `The first ${MAX_SUBJECTS} subjects are listed. ${this.#unlisted} messages of others are not shown.`);
    }
    let leftBytes = MAX_DRAWN_BYTES;
    for (const row of [...this.#rows.values()]) {
      if (row.element.hidden) continue;
      attempt(row, () => row.drawRate(now));
      const due = row.dueBytes;
      if (due === 0 || due > leftBytes) continue;
      leftBytes -= due;
      attempt(row, () => row.drawValue());
      // Last in line now, so that each gets its turn; the list on the page has its own order.
      this.#rows.delete(row.subject);
      this.#rows.set(row.subject, row);
    }
  }
}

/** One row's fault is that row's. */
function attempt(row, action) {
  try {
    action();
  } catch (error) {
    row.failed(error);
  }
}
