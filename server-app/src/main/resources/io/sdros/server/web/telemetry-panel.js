/** The list of telemetry subjects: last value, rate, trend of one number. Draws a few times a second, however much comes. */

import { RateMeter } from './sdr-client.js';

const DRAW_MS = 200;
const MAX_SUBJECTS = 500;
const MAX_VALUE_CHARACTERS = 4000;
const TREND_POINTS = 120;
const OLD_MS = 5000;
const SVG = 'http://www.w3.org/2000/svg';

/** @typedef {import('./sdr-client.js').Telemetry} Telemetry */

/** One subject and its place in the list. */
class Row {
  #rate = new RateMeter(5000);
  #last = null;
  #dirty = false;
  #trendPath = null;
  #trend = [];
  #parts;

  constructor(subject) {
    this.subject = subject;
    this.#parts = rowElements(subject);
    this.element = this.#parts.item;
  }

  /** @param {Telemetry} message */
  add(message) {
    this.#last = message;
    this.#dirty = true;
    this.#rate.add(message.arrivedAt);
    const value = message.json();
    if (this.#trendPath === null) this.#trendPath = firstNumber(value);
    const number = this.#trendPath === null ? undefined : this.#trendPath.reduce((part, key) => part?.[key], value);
    if (typeof number !== 'number') return;
    this.#trend.push(number);
    if (this.#trend.length > TREND_POINTS) this.#trend.shift();
  }

  draw(now) {
    const ageMs = now - this.#last.arrivedAt;
    const old = ageMs > OLD_MS;
    const perSecond = this.#rate.perSecond(now);
    setText(this.#parts.rate, old || perSecond === 0 ? `${duration(ageMs)} ago` : `${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s`);
    this.#parts.rate.classList.toggle('old', old);
    if (!this.#dirty || !this.#parts.details.open) return;
    this.#dirty = false;
    const text = readable(this.#last);
    setText(this.#parts.value, text);
    // What has to be scrolled must be reachable by keyboard; what has not, better is not.
    if (mayScroll(text)) this.#parts.value.tabIndex = 0;
    else this.#parts.value.removeAttribute('tabindex');
    this.#drawTrend();
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
    setText(range, `${this.#trendPath.join('.') || 'value'}  ${values}`);
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

/** @returns {string[] | null} where in a JSON value the first number is; [] when it is one itself */
function firstNumber(value, depth = 0) {
  if (typeof value === 'number') return [];
  if (value === null || typeof value !== 'object' || depth > 3) return null;
  for (const [key, part] of Object.entries(value)) {
    // What counts or stamps only ever rises; its trend says nothing.
    if (/^(t|ts|time|timestamp|stamp|seq|sequence|id)(_|$)/i.test(key)) continue;
    const found = firstNumber(part, depth + 1);
    if (found !== null) return [key, ...found];
  }
  return null;
}

/** @param {Telemetry} message */
function readable(message) {
  const value = message.json();
  const text = value === undefined ? message.text() : pretty(value);
  if (text === null) {
    const bytes = [...message.payload.subarray(0, 64)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    return `${message.payload.length} bytes: ${bytes}${message.payload.length > 64 ? ' …' : ''}`;
  }
  return text.length > MAX_VALUE_CHARACTERS ? `${text.slice(0, MAX_VALUE_CHARACTERS)}\n… ${text.length} characters` : text;
}

const LEAST_LINE_CHARACTERS = 24;
const LEAST_LINES = 12;

/** Whether a text may be longer than what .value shows at once; asking the browser would lay out the page each time. */
function mayScroll(text) {
  return text.split('\n').reduce((lines, line) => lines + 1 + Math.floor(line.length / LEAST_LINE_CHARACTERS), 0) > LEAST_LINES;
}

const LINE_CHARACTERS = 38;

/** JSON for people: what fits on a line stays on one; `used` characters of the first line are taken. */
function pretty(value, indent = '', used = 0) {
  const flat = JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ');
  if (value === null || typeof value !== 'object' || used + flat.length <= LINE_CHARACTERS) return flat;
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((part) => inner + pretty(part, inner, inner.length))
    : Object.entries(value).map(([key, part]) => {
      const start = `${inner}${JSON.stringify(key)}: `;
      return start + pretty(part, inner, start.length);
    });
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${parts.join(',\n')}\n${indent}${close}`;
}

/** Four digits, but none before the point is rounded away. */
const short = (number) => String(Math.abs(number) >= 1000 ? Math.round(number) : Number(number.toPrecision(4)));

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
  #filter;
  #nothing = 'No telemetry yet.';

  /**
   * @param {{ list: HTMLElement, empty: HTMLElement, filter: HTMLInputElement, visible: () => boolean, clock: () => number }} parts
   */
  constructor({ list, empty, filter, visible, clock }) {
    this.#list = list;
    this.#empty = empty;
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
    this.#applyFilter();
  }

  /** @param {Telemetry} message */
  add(message) {
    let row = this.#rows.get(message.subject);
    if (row === undefined) {
      if (this.#rows.size >= MAX_SUBJECTS) return;
      row = this.#insert(message.subject);
    }
    row.add(message);
  }

  #insert(subject) {
    const row = new Row(subject);
    const next = this.subjects.filter((other) => other > subject).sort()[0];
    this.#rows.set(subject, row);
    this.#list.insertBefore(row.element, next === undefined ? null : this.#rows.get(next).element);
    this.#applyFilter();
    return row;
  }

  #applyFilter() {
    const wanted = this.#filter.value.trim().toLowerCase();
    let shown = 0;
    for (const row of this.#rows.values()) {
      row.element.hidden = !row.subject.toLowerCase().includes(wanted);
      if (!row.element.hidden) shown++;
    }
    this.#empty.hidden = shown > 0;
    this.#empty.textContent = this.#rows.size === 0 ? this.#nothing : 'No subject matches the filter.';
  }

  #draw(now) {
    for (const row of this.#rows.values()) if (!row.element.hidden) row.draw(now);
  }
}
