/** A curve over time on a canvas: the last minute, from the lowest to the highest value in it. */

import { CURVE_MS } from './curves.js';

const LINE_PX = 1.5;
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
   * @param {{ times: number[], values: number[], low: number, high: number }} curve
   *     two values at least
   * @param {number} nowMs  its right edge
   * @param {{ width: number, height: number }} size  in CSS pixels
   */
  draw({ times, values, low, high }, nowMs, { width, height }) {
    const context = this.#context;
    const scale = Math.min(devicePixelRatio, 2);
    const pixelWidth = Math.round(width * scale);
    const pixelHeight = Math.round(height * scale);
    // Setting the size clears the canvas, and costs more than clearing it.
    if (this.canvas.width !== pixelWidth || this.canvas.height !== pixelHeight) {
      this.canvas.width = pixelWidth;
      this.canvas.height = pixelHeight;
      context.strokeStyle = getComputedStyle(this.canvas).color;
    } else {
      context.clearRect(0, 0, pixelWidth, pixelHeight);
    }
    const inset = LINE_PX * scale;
    const span = high - low || 1;
    const gapMs = Math.max(GAP_MS, GAP_INTERVALS * (times.at(-1) - times[0]) / (times.length - 1));
    context.lineWidth = LINE_PX * scale;
    context.lineJoin = 'round';
    context.beginPath();
    times.forEach((time, i) => {
      const x = (1 - (nowMs - time) / CURVE_MS) * pixelWidth;
      const y = high === low ? pixelHeight / 2
        : inset + (1 - (values[i] - low) / span) * (pixelHeight - 2 * inset);
      if (i === 0 || time - times[i - 1] > gapMs) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
    context.stroke();
  }
}
