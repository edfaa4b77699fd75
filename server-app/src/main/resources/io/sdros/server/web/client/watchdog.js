import { clockMs } from './clock.js';

const WATCH_MS = 1000;
const SILENT_LOOKS = 5;

/**
 * Tells when the worker says nothing any more. Counted in looks, of which a page that was frozen or asleep makes none: a
 * look that comes late says nothing about the worker.
 */
export class Watchdog {
  #bark;
  #clock;
  #timer = null;
  #looks = 0;
  #lookedAt = 0;
  #barked = false;
  /** What went wrong in the worker last. @type {string | null} */
  broken = null;

  /** @param {() => void} bark @param {() => number} clock  milliseconds */
  constructor(bark, clock = clockMs) {
    this.#bark = bark;
    this.#clock = clock;
  }

  start() {
    this.#lookedAt = this.#clock();
    this.#timer = setInterval(() => this.look(), WATCH_MS);
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** The worker said something. @returns {boolean} whether that was not to be expected any more */
  heard() {
    const back = this.#barked;
    this.#looks = 0;
    this.#barked = false;
    if (back) this.broken = null;
    return back;
  }

  look() {
    const now = this.#clock();
    const late = now - this.#lookedAt > 2 * WATCH_MS;
    this.#lookedAt = now;
    this.#looks = late ? 0 : this.#looks + 1;
    if (this.#looks < SILENT_LOOKS || this.#barked) return;
    this.#barked = true;
    this.#bark();
  }
}
