/** The row of a group of subjects whose names begin alike. */

import { dotted, indent, make, setText } from './elements.js';

const LIKELY_PX = 38;

/** @returns {number} CSS pixels, until it has been measured */
export const likelyGroupHeight = () => LIKELY_PX;

export class GroupRow {
  #fold;
  #size;

  /** @param {import('./outline.js').OutlineLine} line @param {() => void} toggle  folds or unfolds it */
  constructor(line, toggle) {
    this.#size = make('span', { class: 'size' });
    this.#fold = make('button', { type: 'button', class: 'fold' },
      make('span', { class: 'group' }, ...dotted(line.label)), this.#size);
    this.#fold.addEventListener('click', toggle);
    this.element = make('li', { class: 'group-row' }, this.#fold);
    this.update(line);
  }

  /** @param {import('./outline.js').OutlineLine} line */
  update({ depth, open, size }) {
    indent(this.element, depth);
    this.#fold.setAttribute('aria-expanded', String(open));
    setText(this.#size, `${size} subjects`);
  }
}
