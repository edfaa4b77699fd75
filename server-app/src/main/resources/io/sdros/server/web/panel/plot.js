/** A curve over time on a canvas: the last minute, from the lowest to the highest value in it. */

import { CURVE_MS, placeBetween } from './curves.js';

const LINE_PX = 1.5;
const MARK_PX = 3;
/** More is not seen, and costs. */
const MOST_PIXELS_PER_PX = 2;
/** A pause of the values is a gap in the curve if it is that long, and as many times as long as they have on average. */
const GAP_MS = 5000;
const GAP_INTERVALS = 5;

export class Plot {
  #context;

  constructor() {
    this.canvas = document.createElement('canvas');
    this.canvas.setAttribute('aria-hidden', 'true');
    this.#context = this.canvas.getContext('2d');
  }

  /**
   * @param {{ times: number[], values: number[], low: number, high: number }} curve  two values at least
   * @param {number} nowMs  its right edge
   * @param {{ width: number, height: number }} size  in CSS pixels
   * @param {number | null} marked  the place of a value that is pointed at
   */
  draw({ times, values, low, high }, nowMs, size, marked) {
    const context = this.#context;
    const scale = Math.min(devicePixelRatio, MOST_PIXELS_PER_PX);
    const { width, height } = this.#clear(size, scale);
    const edge = MARK_PX * scale;
    const xOf = (i) => (1 - (nowMs - times[i]) / CURVE_MS) * width;
    const yOf = (i) => edge + (1 - placeBetween(low, high, values[i])) * (height - 2 * edge);
    const gapMs = Math.max(GAP_MS, GAP_INTERVALS * (times.at(-1) - times[0]) / (times.length - 1));
    context.lineWidth = LINE_PX * scale;
    context.lineJoin = 'round';
    context.beginPath();
    times.forEach((time, i) => {
      if (i === 0 || time - times[i - 1] > gapMs) context.moveTo(xOf(i), yOf(i));
      else context.lineTo(xOf(i), yOf(i));
    });
    context.stroke();
    if (marked === null) return;
    context.beginPath();
    context.arc(xOf(marked), yOf(marked), edge, 0, 2 * Math.PI);
    context.fill();
  }

  /** @returns {{ width: number, height: number }} in the canvas's pixels */
  #clear(size, scale) {
    const { canvas } = this;
    const width = Math.max(1, Math.round(size.width * scale));
    const height = Math.round(size.height * scale);
    // Setting the size clears it, too, but costs more.
    if (canvas.width === width && canvas.height === height) {
      this.#context.clearRect(0, 0, width, height);
    } else {
      canvas.width = width;
      canvas.height = height;
      this.#context.strokeStyle = this.#context.fillStyle = getComputedStyle(canvas).color;
    }
    return { width, height };
  }
}
