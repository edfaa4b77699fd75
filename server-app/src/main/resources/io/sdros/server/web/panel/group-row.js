/** The row of a group of subjects whose names begin alike. */

import { dotted, indent, make, setText } from './elements.js';

const LIKELY_PX = 38;

/** @returns {number} CSS pixels, until it has been measured */
export const likelyGroupHeight = () => LIKELY_PX;

export class GroupRow {
  #fold;
  #label = make('span', { class: 'group' });
  #size = make('span', { class: 'size' });

  /** @param {() => void} toggle  folds or unfolds it */
  constructor(toggle) {
    this.#fold = make('button', { type: 'button', class: 'fold' }, this.#label, this.#size);
    this.#fold.addEventListener('click', toggle);
    this.element = make('li', { class: 'group-row' }, this.#fold);
  }

  /** @param {import('./outline.js').OutlineLine} line */
  update({ depth, label, open, size }) {
    if (this.#label.textContent !== label) this.#label.replaceChildren(...dotted(label));
    indent(this.element, depth);
    this.#fold.setAttribute('aria-expanded', String(open));
    setText(this.#size, `${size} subjects`);
  }
}
