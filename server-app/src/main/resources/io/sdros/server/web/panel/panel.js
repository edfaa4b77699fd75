/**
 * The telemetry panel: one for the page, whatever number of connections it has. Draws a few times a second, however much
 * comes, and whatever comes: work per message and per second is bounded, and a row that cannot be drawn does not stop
 * the others.
 */

import { copy } from './clipboard.js';
import { Budget, SubjectCurves } from './curves.js';
import { icon, make, setText } from './elements.js';
import { GroupRow, likelyGroupHeight } from './group-row.js';
import { FEW_SUBJECTS, outline } from './outline.js';
import { SubjectRow, likelyHeight } from './subject-row.js';
import { MAX_SUBJECTS, Subjects } from './subjects.js';
import { copyable } from './value-text.js';
import { VirtualList } from './virtual-list.js';

const DRAW_MS = 200;
/** Of values that are written anew at one drawing; the rows that have to wait come first at the next. */
const MAX_DRAWN_BYTES = 100000;
const MAX_PINNED = 50;
const CLOSE_ICON = 'm6.4 5 5.6 5.6L17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4z';
const REMEMBERED = 'sdr.panel';
const REMEMBERED_PINNED = 'sdr.panel.pinned';
const WIDE = '(min-width: 60rem)';

/** @typedef {import('../sdr-client.js').TelemetryValues} TelemetryValues */

/**
 * @typedef {object} PanelParts
 * @property {HTMLElement} host  is filled; hidden while the panel is not wanted, or empty and not asked for
 * @property {HTMLButtonElement} toggle  shows and hides it
 * @property {{ get: (key: string) => string | null, set: (key: string, value: string) => unknown }} remembered
 * @property {() => number} clock  milliseconds, of the times that values carry
 * @property {() => void} changed  it was shown or hidden
 * @property {(text: string) => void} announce  says it to who listens
 */

export class TelemetryPanel {
  #parts;
  #elements;
  #list;
  #subjects = new Subjects();
  /** By name, in alphabetical order. @type {string[]} */
  #sorted = [];
  #curves = new Map();
  #budget = new Budget();
  /** Subjects that somebody has folded or unfolded. @type {Map<string, boolean>} */
  #unfolded = new Map();
  /** Groups that somebody has folded. @type {Set<string>} */
  #folded = new Set();
  /** @type {Set<string>} */
  #pinned;
  #wanted;
  /** It was asked for by hand, so it is shown even though there is nothing in it. */
  #asked = false;
  #nothing = 'No telemetry yet.';

  /** @param {PanelParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#elements = fill(parts.host);
    const { close, filter, scroller, list } = this.#elements;
    this.#pinned = new Set(pinnedOf(parts.remembered.get(REMEMBERED_PINNED)));
    this.#list = new VirtualList(scroller, list, (line) => this.#makeRow(line), (row, line) => this.#updateRow(row, line));
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
      const curves = this.#curves.get(name);
      if (curves !== undefined && (curves.chosen || this.#isOpen(name))) curves.take(this.#subjects.get(name), nowMs);
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
    return this.#unfolded.get(name) ?? (this.#pinned.has(name) || this.#subjects.size <= FEW_SUBJECTS);
  }

  #makeRow({ kind, name }) {
    if (kind === 'group') return new GroupRow(() => this.#foldGroup(name));
    return new SubjectRow(this.#subjects.get(name), this.#curves.get(name), {
      toggle: () => {
        this.#unfolded.set(name, !this.#isOpen(name));
        this.#arrange();
        this.#draw();
      },
      pin: () => this.#pin(name),
      copy: () => this.#copy(name),
    });
  }

  #updateRow(row, line) {
    if (line.kind === 'group') row.update(line);
    else row.update(line, { open: this.#isOpen(line.name), pinned: this.#pinned.has(line.name) });
  }

  #foldGroup(name) {
    if (!this.#folded.delete(name)) this.#folded.add(name);
    this.#arrange();
    this.#draw();
  }

  #pin(name) {
    if (!this.#pinned.delete(name) && this.#pinned.size < MAX_PINNED) this.#pinned.add(name);
    this.#parts.remembered.set(REMEMBERED_PINNED, JSON.stringify([...this.#pinned]));
    this.#arrange();
    this.#draw();
  }

  async #copy(name) {
    const { payload, lengthBytes } = this.#subjects.get(name);
    const done = await copy(copyable(payload));
    const of = payload.length < lengthBytes ? `The first ${payload.length} bytes of ${name}` : `The value of ${name}`;
    this.#parts.announce(done ? `${of} copied.` : 'The browser does not let it be copied.');
  }

  #arrange() {
    const lines = outline(this.#sorted, { filter: this.#elements.filter.value, pinned: this.#pinned, folded: this.#folded });
    this.#list.lines = lines.map((line) => ({
      ...line, likelyHeight: line.kind === 'group' ? likelyGroupHeight() : likelyHeight(this.#isOpen(line.name)),
    }));
    this.#elements.empty.hidden = lines.length > 0;
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
    const rows = [...this.#list.rows].filter((row) => row instanceof SubjectRow);
    for (const row of rows.sort((a, b) => a.drawnAt - b.drawnAt)) {
      attempt(row, () => row.drawAge(nowMs));
      const due = row.dueBytes;
      if (due === 0 || due > leftBytes) continue;
      leftBytes -= due;
      row.drawnAt = nowMs;
      attempt(row, () => row.drawValue());
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

/** @param {string | null} remembered @returns {string[]} whatever may have been written there */
function pinnedOf(remembered) {
  try {
    const names = JSON.parse(remembered ?? '[]');
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string').slice(0, MAX_PINNED) : [];
  } catch {
    return [];
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
