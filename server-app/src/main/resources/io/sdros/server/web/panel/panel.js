/**
 * The telemetry panel: one for the page, whatever number of connections it has. Draws a few times a second, however much
 * comes, and whatever comes: work per message and per second is bounded, and a row that cannot be drawn does not stop
 * the others.
 */

import { SubjectCurves, curvesBudget } from './curves.js';
import { icon, make, setText } from './elements.js';
import { SubjectRow, likelyHeight } from './subject-row.js';
import { MAX_SUBJECTS, Subjects } from './subjects.js';
import { VirtualList } from './virtual-list.js';

const DRAW_MS = 200;
/** Of values that are written anew at one drawing; the rows that have to wait come first at the next. */
const MAX_DRAWN_BYTES = 100000;
/** While there are more, each is one line, unless it was unfolded. */
const MOST_UNFOLDED = 20;
const CLOSE_ICON = 'm6.4 5 5.6 5.6L17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4z';
const REMEMBERED = 'sdr.panel';
const WIDE = '(min-width: 60rem)';

/** @typedef {import('../sdr-client.js').TelemetryValues} TelemetryValues */

/**
 * @typedef {object} PanelParts
 * @property {HTMLElement} host  is filled; hidden while the panel is not wanted, or empty and not asked for
 * @property {HTMLButtonElement} toggle  shows and hides it
 * @property {{ get: (key: string) => string | null, set: (key: string, value: string) => unknown }} remembered
 * @property {() => number} clock  milliseconds, of the times that values carry
 * @property {() => void} changed  it was shown or hidden
 */

export class TelemetryPanel {
  #parts;
  #elements;
  #list;
  #subjects = new Subjects();
  /** By name, in alphabetical order. @type {string[]} */
  #sorted = [];
  #curves = new Map();
  #budget = curvesBudget();
  /** What somebody has folded or unfolded. @type {Map<string, boolean>} */
  #unfolded = new Map();
  #wanted;
  /** It was asked for by hand, so it is shown even though there is nothing in it. */
  #asked = false;
  #nothing = 'No telemetry yet.';

  /** @param {PanelParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#elements = fill(parts.host);
    const { close, filter, scroller, list } = this.#elements;
    this.#list = new VirtualList(scroller, list, ({ key }) => this.#makeRow(key));
    this.#wanted = (parts.remembered.get(REMEMBERED) ?? (matchMedia(WIDE).matches ? 'shown' : 'hidden')) === 'shown';
    parts.toggle.addEventListener('click', () => this.toggle());
    close.addEventListener('click', () => {
      this.#want(false);
      parts.toggle.focus();
    });
    filter.addEventListener('input', () => this.#arrange());
    this.#arrange();
    setInterval(() => { if (this.shown && document.visibilityState === 'visible') this.#draw(); }, DRAW_MS);
  }

  /** The names of the subjects that are listed. */
  get subjects() {
    return this.#subjects.names;
  }

  get shown() {
    return !this.#parts.host.hidden;
  }

  toggle() {
    this.#want(!this.shown);
    // In small windows it lies below the picture.
    if (this.shown) this.#parts.host.scrollIntoView({ block: 'nearest' });
  }

  /** @param {TelemetryValues} gathered */
  add(gathered) {
    const added = this.#subjects.take(gathered);
    for (const { name } of added) this.#curves.set(name, new SubjectCurves(this.#budget));
    const nowMs = this.#parts.clock();
    for (const { subject: name } of gathered.values) {
      if (this.#isOpen(name)) this.#curves.get(name)?.take(this.#subjects.get(name), nowMs);
    }
    if (added.length === 0) return;
    this.#sorted = this.#subjects.names.sort();
    this.#arrange();
    this.#show();
  }

  /** What is said of where telemetry comes from. @param {{ text: string, trouble: boolean, nothing: string }} words */
  say({ text, trouble, nothing }) {
    setText(this.#elements.source, text);
    this.#elements.source.classList.toggle('old', trouble);
    this.#nothing = nothing;
    this.#sayHowMany();
  }

  #want(shown) {
    this.#wanted = this.#asked = shown;
    this.#parts.remembered.set(REMEMBERED, shown ? 'shown' : 'hidden');
    this.#show();
  }

  #show() {
    const shown = this.#wanted && (this.#asked || this.#subjects.size > 0);
    this.#parts.toggle.setAttribute('aria-expanded', String(shown));
    if (shown === this.shown) return;
    this.#parts.host.hidden = !shown;
    if (shown) this.#draw();
    this.#parts.changed();
  }

  #isOpen(name) {
    return this.#unfolded.get(name) ?? this.#subjects.size <= MOST_UNFOLDED;
  }

  #makeRow(name) {
    return new SubjectRow(this.#subjects.get(name), {
      open: this.#isOpen(name),
      curves: this.#curves.get(name),
      toggle: () => {
        this.#unfolded.set(name, !this.#isOpen(name));
        this.#arrange();
        this.#draw();
      },
    });
  }

  #arrange() {
    const wanted = this.#elements.filter.value.trim().toLowerCase();
    const names = this.#sorted.filter((name) => name.toLowerCase().includes(wanted));
    this.#list.lines = names.map((name) => ({ key: name, likelyHeight: likelyHeight(this.#isOpen(name)) }));
    for (const row of this.#list.rows) row.open = this.#isOpen(row.element.dataset.key);
    this.#elements.empty.hidden = names.length > 0;
    this.#sayHowMany();
  }

  #sayHowMany() {
    const { empty, more } = this.#elements;
    setText(empty, this.#subjects.size === 0 ? this.#nothing : 'No subject matches the filter.');
    const { unlisted } = this.#subjects;
    more.hidden = unlisted === 0;
    if (unlisted > 0) setText(more, `The first ${MAX_SUBJECTS} subjects are listed. ${unlisted} messages of others are not shown.`);
  }

  #draw() {
    const nowMs = this.#parts.clock();
    this.#sayHowMany();
    this.#list.fill();
    let leftBytes = MAX_DRAWN_BYTES;
    for (const row of [...this.#list.rows].sort((a, b) => a.drawnAt - b.drawnAt)) {
      attempt(row, () => row.drawAge(nowMs));
      const due = row.dueBytes;
      if (due === 0 || due > leftBytes) continue;
      leftBytes -= due;
      row.drawnAt = nowMs;
      attempt(row, () => row.drawValue(nowMs));
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

function fill(host) {
  const elements = {
    source: make('p', { id: 'nats', class: 'quiet' }),
    close: make('button', { id: 'panel-close', type: 'button', class: 'plain', 'aria-label': 'Close telemetry', title: 'Close telemetry' },
      icon(CLOSE_ICON)),
    filter: make('input', { id: 'filter', type: 'search', placeholder: 'Filter subjects', spellcheck: 'false', autocomplete: 'off' }),
    empty: make('p', { id: 'panel-empty', class: 'quiet' }),
    more: make('p', { id: 'panel-more', hidden: true }),
    list: make('ul', { id: 'subjects', class: 'subjects' }),
  };
  elements.scroller = make('div', { class: 'subjects-scroller', tabindex: '-1' }, elements.list);
  host.append(
    make('div', { class: 'panel-head' }, make('h2', { id: 'telemetry-title' }, 'Telemetry'), elements.source, elements.close),
    make('label', { class: 'filter' }, make('span', { class: 'unseen' }, 'Filter subjects'), elements.filter),
    elements.empty, elements.more, elements.scroller);
  return elements;
}
