/** The row of one subject: its name, how often or how long ago, its value on one line or as a whole, and its curve. */

import { pathName } from './curves.js';
import { dotted, make, setText } from './elements.js';
import { Plot } from './plot.js';
import { OLD_MS } from './subjects.js';
import { MAX_LINE_BYTES, duration, readable, readableLine, short } from './value-text.js';

const FOLDED_PX = 60;
const OPEN_PX = 90;
const PLOT_PX = { width: 160, height: 26 };
/** .value shows about so much at once. */
const LEAST_LINE_CHARACTERS = 24;
const LEAST_LINES = 12;

/** @param {boolean} open @returns {number} CSS pixels, until it has been measured */
export const likelyHeight = (open) => (open ? OPEN_PX : FOLDED_PX);

/** Whether a text may be longer than what .value shows at once; asking the browser would lay out the page each time. */
function mayScroll(text) {
  return text.split('\n').reduce((lines, line) => lines + 1 + Math.floor(line.length / LEAST_LINE_CHARACTERS), 0) > LEAST_LINES;
}

export class SubjectRow {
  #subject;
  #curves;
  #open;
  #drawnVersion = -1;
  #broken = false;
  #fold;
  #rate;
  #value;
  #trend = null;
  #range;
  #plot;
  /** When its value was written last; for whoever decides whose turn it is. */
  drawnAt = 0;

  /**
   * @param {import('./subjects.js').Subject} subject
   * @param {object} its
   * @param {boolean} its.open
   * @param {import('./curves.js').SubjectCurves} its.curves
   * @param {() => void} its.toggle  folds or unfolds it
   */
  constructor(subject, { open, curves, toggle }) {
    this.#subject = subject;
    this.#curves = curves;
    this.#open = open;
    const { name } = subject;
    this.#fold = make('button', { type: 'button', class: 'fold' }, make('span', { class: 'subject' }, ...dotted(name)));
    this.#fold.addEventListener('click', toggle);
    this.#rate = make('span', { class: 'rate' });
    this.#value = make('pre', { class: 'value', role: 'group', 'aria-label': `Last value of ${name}` });
    this.element = make('li', {}, make('div', { class: 'row-head' }, this.#fold, this.#rate), this.#value);
    this.#showOpen();
  }

  set open(open) {
    if (open === this.#open) return;
    this.#open = open;
    this.#drawnVersion = -1;
    this.#showOpen();
  }

  #showOpen() {
    this.#fold.setAttribute('aria-expanded', String(this.#open));
    this.element.classList.toggle('folded', !this.#open);
    if (!this.#open) this.#value.removeAttribute('tabindex');
    if (!this.#open && this.#trend !== null) this.#trend.hidden = true;
  }

  /** How much there is to be written anew. */
  get dueBytes() {
    const { version, payload } = this.#subject;
    return version === this.#drawnVersion ? 0 : 1 + (this.#open ? payload.length : Math.min(payload.length, MAX_LINE_BYTES));
  }

  drawAge(nowMs) {
    const ageMs = this.#subject.ageMs(nowMs);
    const old = ageMs === null || ageMs > OLD_MS;
    const perSecond = this.#subject.perSecond(nowMs);
    const age = ageMs === null ? 'before you came' : `${duration(ageMs)} ago`;
    setText(this.#rate, old || perSecond === 0 ? age : `${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s`);
    this.#rate.classList.toggle('old', old);
  }

  drawValue(nowMs) {
    const { version, payload, lengthBytes } = this.#subject;
    this.#drawnVersion = version;
    if (!this.#open) {
      setText(this.#value, readableLine(payload, lengthBytes));
      return;
    }
    const text = readable(payload, lengthBytes);
    setText(this.#value, text);
    // What has to be scrolled must be reachable by keyboard; what has not, better is not.
    if (mayScroll(text)) this.#value.tabIndex = 0;
    else this.#value.removeAttribute('tabindex');
    this.#drawCurve(nowMs);
  }

  /** @param {Error} error  why it cannot be drawn */
  failed(error) {
    this.#drawnVersion = this.#subject.version;
    setText(this.#value, `This value cannot be shown: ${error.message}`);
    if (!this.#broken) console.warn(`telemetry ${this.#subject.name}: ${error.stack ?? error}`);
    this.#broken = true;
  }

  #drawCurve(nowMs) {
    const watched = this.#curves.first;
    const seen = watched?.curve.until(nowMs);
    const shown = seen !== undefined && seen.times.length > 1;
    if (shown) this.#trend ??= this.#addCurve();
    if (this.#trend === null) return;
    this.#trend.hidden = !shown;
    if (!shown) return;
    const { low, high } = seen;
    this.#plot.draw(seen, nowMs, PLOT_PX);
    setText(this.#range, `${pathName(watched.path)}  ${high === low ? short(low) : `${short(low)} … ${short(high)}`}`);
  }

  #addCurve() {
    this.#plot = new Plot();
    this.#range = make('span');
    const trend = make('div', { class: 'trend' }, this.#plot.canvas, this.#range);
    this.#value.before(trend);
    return trend;
  }
}
