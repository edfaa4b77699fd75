/** A list of which only the rows that can be seen are in the document, whatever their heights. */

/** So far outside of what can be seen rows are there already, so that Tab finds the next one. */
const MARGIN_PX = 120;

/**
 * Where rows of different heights lie.
 * @param {number[]} heights  of all rows
 * @returns {Float64Array} the top of each, and behind them the end of the last
 */
export function topsOf(heights) {
  const tops = new Float64Array(heights.length + 1);
  heights.forEach((height, i) => { tops[i + 1] = tops[i] + height; });
  return tops;
}

/**
 * @param {Float64Array} tops  of {@link topsOf}
 * @param {number} from
 * @param {number} to
 * @returns {{ first: number, end: number }} the rows that touch what lies between
 */
export function between(tops, from, to) {
  const rows = tops.length - 1;
  if (rows === 0 || to <= from) return { first: 0, end: 0 };
  const rowAt = (y) => {
    let low = 0;
    let high = rows;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (tops[middle + 1] > y) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const first = rowAt(from);
  let end = first;
  while (end < rows && tops[end] < to) end++;
  return { first, end };
}

/**
 * @typedef {object} ListRow
 * @property {HTMLLIElement} element
 * @property {number} width  is set, in CSS pixels
 *
 * @typedef {object} Line  what a row is made for
 * @property {string} key  its own in the list
 * @property {number} likelyHeight  in CSS pixels, until it has been measured
 */

export class VirtualList {
  #scroller;
  #list;
  #make;
  #update;
  #lines = [];
  #tops = topsOf([]);
  #heights = new Map();
  #rows = new Map();
  #placeNext = false;
  #observer = new ResizeObserver((entries) => this.#measured(entries));
  #frame = 0;

  /**
   * @param {HTMLElement} scroller
   * @param {HTMLUListElement} list  in it
   * @param {(line: Line) => ListRow} make
   * @param {(row: ListRow, line: Line) => void} update  called for each new row, and when its line may be another
   */
  constructor(scroller, list, make, update) {
    this.#scroller = scroller;
    this.#list = list;
    this.#make = make;
    this.#update = update;
    // The list scrolls, or in very small windows the page does.
    document.addEventListener('scroll', () => this.#later(), { capture: true, passive: true });
    addEventListener('resize', () => this.#later());
  }

  /** All lines from now on, in their order. @param {Line[]} lines */
  set lines(lines) {
    this.#lines = lines;
    const keys = new Set(lines.map(({ key }) => key));
    for (const key of this.#heights.keys()) if (!keys.has(key)) this.#heights.delete(key);
    for (const [key, row] of this.#rows) if (!keys.has(key)) this.#remove(key, row);
    for (const line of lines) if (this.#rows.has(line.key)) this.#update(this.#rows.get(line.key), line);
    this.#place();
  }

  /** The rows in the document. @returns {Iterable<ListRow>} */
  get rows() {
    return this.#rows.values();
  }

  #measured(entries) {
    let changed = false;
    for (const { target, borderBoxSize: [{ blockSize, inlineSize }] } of entries) {
      const row = this.#rows.get(target.dataset.key);
      // One that is not shown has no size.
      if (row === undefined || blockSize === 0) continue;
      row.width = inlineSize;
      if (Math.abs((this.#heights.get(target.dataset.key) ?? 0) - blockSize) < 0.5) continue;
      this.#heights.set(target.dataset.key, blockSize);
      changed = true;
    }
    if (changed) this.#later(true);
  }

  /** Not in the middle of an event: what is done then would be laid out more than once. */
  #later(place = false) {
    this.#placeNext ||= place;
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#placeNext) this.#place();
      else this.fill();
    });
  }

  #place() {
    this.#placeNext = false;
    this.#tops = topsOf(this.#lines.map(({ key, likelyHeight }) => this.#heights.get(key) ?? likelyHeight));
    this.#list.style.height = `${this.#tops.at(-1)}px`;
    this.fill();
  }

  /** Puts the rows into the document that can be seen, and takes the others out. */
  fill() {
    const box = this.#scroller.getBoundingClientRect();
    const top = this.#scroller.scrollTop - box.top;
    const { first, end } = box.height === 0 ? { first: 0, end: 0 }
      : between(this.#tops, top + Math.max(box.top, 0) - MARGIN_PX, top + Math.min(box.bottom, innerHeight) + MARGIN_PX);
    const wanted = new Set(this.#lines.slice(first, end).map(({ key }) => key));
    for (const [key, row] of this.#rows) {
      // What has the focus stays, or the next key would go nowhere.
      if (!wanted.has(key) && !row.element.contains(document.activeElement)) this.#remove(key, row);
    }
    const focused = document.activeElement;
    let before = null;
    this.#lines.forEach((line, i) => {
      const shown = i >= first && i < end;
      if (!shown && !this.#rows.has(line.key)) return;
      const row = this.#rows.get(line.key) ?? this.#add(line);
      row.element.style.top = `${this.#tops[i]}px`;
      row.element.setAttribute('aria-posinset', String(i + 1));
      row.element.setAttribute('aria-setsize', String(this.#lines.length));
      // In their order, for Tab and for who listens.
      const next = before === null ? this.#list.firstChild : before.nextSibling;
      if (next !== row.element) this.#list.insertBefore(row.element, next);
      before = row.element;
    });
    // An element that is moved loses the focus.
    if (focused !== document.activeElement && this.#list.contains(focused)) focused.focus({ preventScroll: true });
  }

  #add(line) {
    const row = this.#make(line);
    row.element.dataset.key = line.key;
    this.#update(row, line);
    this.#rows.set(line.key, row);
    this.#observer.observe(row.element);
    return row;
  }

  #remove(key, row) {
    this.#rows.delete(key);
    this.#observer.unobserve(row.element);
    row.element.remove();
  }
}
