/** A curve in a row: its name, from where to where it goes, and the curve itself. */

import { duration } from '../sdr-client.js';
import { CURVE_MS, pathName } from './curves.js';
import { make, setText } from './elements.js';
import { Plot } from './plot.js';
import { short } from './value-text.js';

const HEIGHT_PX = 40;

export class CurveView {
  #curve;
  #plot = new Plot();
  #range = make('span', { class: 'range' });
  /** Where somebody points, from 0 (a minute ago) to 1 (now); null: nowhere. */
  #pointed = null;

  /** @param {import('./curves.js').Curve} curve */
  constructor(curve) {
    this.#curve = curve;
    const { canvas } = this.#plot;
    canvas.addEventListener('pointermove', ({ offsetX }) => { this.#pointed = offsetX / canvas.clientWidth; });
    canvas.addEventListener('pointerleave', () => { this.#pointed = null; });
    this.element = make('div', { class: 'trend', hidden: true },
      make('p', {}, make('span', { class: 'path' }, pathName(curve.path)), this.#range), canvas);
  }

  /** @param {number} nowMs @param {number} width  CSS pixels */
  draw(nowMs, width) {
    const seen = this.#curve.until(nowMs);
    this.element.hidden = seen.times.length < 2;
    if (this.element.hidden) return;
    const marked = this.#pointed === null ? null : nearest(seen.times, nowMs - (1 - this.#pointed) * CURVE_MS);
    this.#plot.draw(seen, nowMs, { width, height: HEIGHT_PX }, marked);
    const { values, times, low, high } = seen;
    const range = high === low ? short(low) : `${short(low)} … ${short(high)}`;
    setText(this.#range, marked === null ? range : `${short(values[marked])}, ${duration(nowMs - times[marked])} ago`);
  }
}

/** @param {number[]} times  in ascending order, at least one @returns {number} the place of the one nearest to a time */
function nearest(times, atMs) {
  let best = 0;
  times.forEach((time, i) => { if (Math.abs(time - atMs) < Math.abs(times[best] - atMs)) best = i; });
  return best;
}
