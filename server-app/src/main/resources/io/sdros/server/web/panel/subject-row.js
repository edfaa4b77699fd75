/** The row of one subject: its name, how often or how long ago, its value on one line or as a whole, and its curves. */

import { duration } from '../sdr-client.js';
import { CurveView } from './curve-view.js';
import { dotted, icon, indent, make, setText } from './elements.js';
import { fieldChoice } from './field-choice.js';
import { OLD_MS } from './subjects.js';
import { MAX_LINE_BYTES, readable, readableLine } from './value-text.js';

const FOLDED_PX = 58;
const OPEN_PX = 90;
const LIKELY_PX = { width: 320, margins: 42 };
/** A value of that age says little of now. */
const VERY_OLD_MS = 60000;
/** .value shows about so much at once. */
const LEAST_LINE_CHARACTERS = 24;
const LEAST_LINES = 12;
const PIN_ICON = 'M8 3h8v2l-1 1v5l3 3v2h-5v6h-2v-6H6v-2l3-3V6L8 5z';
const COPY_ICON = 'M8 3h11v13H8zm2 2v9h7V5zM5 7h2v12h9v2H5z';
const WHOLE_ICON = 'M12 3l5 5h-4v3h-2V8H7zm0 18-5-5h4v-3h2v3h4z';
const CURVES_ICON = 'M3 19h18v2H3zm0-3 6-8 5 5 5-8 2 1-7 10-5-5-5 7z';

/** @param {boolean} open @returns {number} CSS pixels, until it has been measured */
export const likelyHeight = (open) => (open ? OPEN_PX : FOLDED_PX);

/** Whether a text may be longer than what .value shows at once; asking the browser would lay out the page each time. */
function mayScroll(text) {
  return text.split('\n').reduce((lines, line) => lines + 1 + Math.floor(line.length / LEAST_LINE_CHARACTERS), 0) > LEAST_LINES;
}

function tool(name, path, act) {
  const button = make('button', { type: 'button', class: 'tool', 'aria-label': name, title: name }, icon(path));
  button.addEventListener('click', act);
  return button;
}

/**
 * @typedef {object} RowActions
 * @property {() => void} toggle  folds or unfolds it
 * @property {() => void} pin  pins or unpins it
 * @property {() => void} copy
 */

export class SubjectRow {
  #subject;
  #curves;
  #open = null;
  #whole = false;
  #drawnVersion = -1;
  #broken = false;
  #views = new Map();
  #choice = null;
  #parts;
  /** When its value was written last; for whoever decides whose turn it is. */
  drawnAt = 0;
  /** CSS pixels. */
  width = LIKELY_PX.width;

  /**
   * @param {import('./subjects.js').Subject} subject
   * @param {import('./curves.js').SubjectCurves} curves
   * @param {RowActions} actions
   */
  constructor(subject, curves, { toggle, pin, copy }) {
    this.#subject = subject;
    this.#curves = curves;
    const { name } = subject;
    const shown = make('span', { class: 'subject' });
    const fold = make('button', { type: 'button', class: 'fold' }, shown);
    fold.addEventListener('click', toggle);
    const pinTool = tool(`Pin ${name}`, PIN_ICON, pin);
    const wholeTool = tool(`All of ${name}`, WHOLE_ICON, () => this.#showWhole(!this.#whole));
    const curvesTool = tool(`Curves of ${name}`, CURVES_ICON, () => this.#chooseCurves(this.#choice === null));
    const tools = make('div', { class: 'tools' }, wholeTool, curvesTool, tool(`Copy ${name}`, COPY_ICON, copy), pinTool);
    const rate = make('span', { class: 'rate' });
    const trends = make('div', { class: 'trends' });
    const value = make('pre', { class: 'value', role: 'group', 'aria-label': `Last value of ${name}` });
    this.#parts = { fold, shown, pinTool, wholeTool, curvesTool, rate, trends, value };
    wholeTool.hidden = true;
    wholeTool.setAttribute('aria-pressed', 'false');
    curvesTool.setAttribute('aria-expanded', 'false');
    this.element = make('li', {}, make('div', { class: 'row-head' }, fold, tools, rate), trends, value);
  }

  /** @param {import('./outline.js').OutlineLine} line @param {{ open: boolean, pinned: boolean }} its */
  update({ depth, label }, { open, pinned }) {
    this.#label(label);
    const { fold, pinTool, curvesTool, wholeTool, trends, value } = this.#parts;
    indent(this.element, depth);
    pinTool.setAttribute('aria-pressed', String(pinned));
    if (open === this.#open) return;
    this.#open = open;
    this.#drawnVersion = -1;
    fold.setAttribute('aria-expanded', String(open));
    this.element.classList.toggle('folded', !open);
    curvesTool.hidden = trends.hidden = !open;
    if (open) return;
    value.removeAttribute('tabindex');
    wholeTool.hidden = true;
    this.#chooseCurves(false);
  }

  /** @param {string} label  what the groups that it is in do not say of its name */
  #label(label) {
    const { fold, shown } = this.#parts;
    if (shown.textContent === label) return;
    shown.replaceChildren(...dotted(label));
    if (label === this.#subject.name) fold.removeAttribute('aria-label');
    else fold.setAttribute('aria-label', this.#subject.name);
  }

  /** How much there is to be written anew. */
  get dueBytes() {
    const { version, payload } = this.#subject;
    return version === this.#drawnVersion ? 0 : 1 + (this.#open ? payload.length : Math.min(payload.length, MAX_LINE_BYTES));
  }

  /** What changes without a new value, too. */
  drawAge(nowMs) {
    if (this.#open) this.#drawCurves(nowMs);
    const { rate } = this.#parts;
    const ageMs = this.#subject.ageMs(nowMs);
    const old = ageMs === null || ageMs > OLD_MS;
    const perSecond = this.#subject.perSecond(nowMs);
    const age = ageMs === null ? 'before you came' : `${duration(ageMs)} ago`;
    setText(rate, old || perSecond === 0 ? age : `${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s`);
    rate.classList.toggle('old', old);
    const dimmed = ageMs > VERY_OLD_MS ? 'very-old' : old ? 'old' : 'new';
    if (this.element.dataset.age !== dimmed) this.element.dataset.age = dimmed;
  }

  drawValue() {
    const { version, payload, lengthBytes } = this.#subject;
    const { value, wholeTool } = this.#parts;
    this.#drawnVersion = version;
    if (!this.#open) {
      setText(value, readableLine(payload, lengthBytes));
      return;
    }
    const { text, shortened } = readable(payload, lengthBytes, this.#whole);
    setText(value, text);
    wholeTool.hidden = !shortened && !this.#whole;
    // What has to be scrolled must be reachable by keyboard; what has not, better is not.
    if (mayScroll(text)) value.tabIndex = 0;
    else value.removeAttribute('tabindex');
  }

  /** @param {Error} error  why it cannot be drawn */
  failed(error) {
    this.#drawnVersion = this.#subject.version;
    setText(this.#parts.value, `This value cannot be shown: ${error.message}`);
    if (!this.#broken) console.warn(`telemetry ${this.#subject.name}: ${error.stack ?? error}`);
    this.#broken = true;
  }

  #showWhole(whole) {
    this.#whole = whole;
    this.#drawnVersion = -1;
    this.#parts.wholeTool.setAttribute('aria-pressed', String(whole));
  }

  #chooseCurves(shown) {
    this.#choice?.remove();
    this.#choice = shown ? fieldChoice(this.#subject, this.#curves) : null;
    this.#parts.curvesTool.setAttribute('aria-expanded', String(shown));
    if (shown) this.#parts.trends.before(this.#choice);
  }

  #drawCurves(nowMs) {
    const { watched } = this.#curves;
    for (const [curve, view] of this.#views) {
      if (watched.includes(curve)) continue;
      view.element.remove();
      this.#views.delete(curve);
    }
    for (const curve of watched) {
      let view = this.#views.get(curve);
      if (view === undefined) {
        view = new CurveView(curve);
        this.#views.set(curve, view);
        this.#parts.trends.append(view.element);
      }
      view.draw(nowMs, this.width - LIKELY_PX.margins);
    }
  }
}
