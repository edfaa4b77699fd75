/** Numbers of telemetry over time: which are watched, and what came of them. */

import { firstNumber, numberAt } from './json-text.js';
import { jsonOf } from './value-text.js';

/** As far back as a curve goes, and as many values as it has at most: ten a second. */
export const CURVE_MS = 60000;
const CURVE_VALUES = 600;
/** Curves of one subject. */
export const MAX_CURVES = 8;
/** Of values that are looked into for numbers, in one second. */
const MAX_BYTES_PER_SECOND = 500000;

/** So much a second, and what is over is refused. */
export class Budget {
  #perSecond;
  #left;
  #since = -Infinity;

  constructor(perSecond = MAX_BYTES_PER_SECOND) {
    this.#perSecond = this.#left = perSecond;
  }

  /** @returns {boolean} whether so much may be spent now */
  spend(nowMs, amount) {
    if (nowMs - this.#since >= 1000) {
      this.#since = nowMs;
      this.#left = this.#perSecond;
    }
    if (amount > this.#left) return false;
    this.#left -= amount;
    return true;
  }
}

/** The course of one number, the latest values of it. */
export class Curve {
  #times = [];
  #values = [];

  /** @param {(string | number)[]} path  of the number in its subject's values */
  constructor(path) {
    this.path = path;
  }

  /** @param {number} atMs  values that come out of order are left out @param {number} value */
  add(atMs, value) {
    if (this.#times.length > 0 && atMs <= this.#times.at(-1)) return;
    this.#times.push(atMs);
    this.#values.push(value);
    if (this.#times.length > CURVE_VALUES) {
      this.#times.shift();
      this.#values.shift();
    }
  }

  /**
   * @param {number} nowMs
   * @returns {{ times: number[], values: number[], low: number, high: number }} of the last {@link CURVE_MS}
   */
  until(nowMs) {
    const first = this.#times.findIndex((time) => time >= nowMs - CURVE_MS);
    const times = first < 0 ? [] : this.#times.slice(first);
    const values = first < 0 ? [] : this.#values.slice(first);
    return { times, values, low: Math.min(...values), high: Math.max(...values) };
  }
}

/**
 * @param {number} low @param {number} high  two numbers, however far apart @param {number} value  between them
 * @returns {number} where between them, from 0 to 1; in the middle where there is nothing between them
 */
export function placeBetween(low, high, value) {
  if (high === low) return 0.5;
  const unit = Number.isFinite(high - low) ? 1 : 0.5; // a difference may be more than there is a number for
  return (unit * value - unit * low) / (unit * high - unit * low);
}

/** Which numbers of one subject are watched: the first whose course may say something, or those that somebody chose. */
export class SubjectCurves {
  #budget;
  #curves = new Map();
  /** Somebody has chosen: what is watched is watched though nobody can see it. */
  chosen = false;

  /** @param {Budget} budget  of all subjects together */
  constructor(budget) {
    this.#budget = budget;
  }

  /** @returns {Curve[]} */
  get watched() {
    return [...this.#curves.values()];
  }

  /** @param {(string | number)[]} path */
  watches(path) {
    return this.#curves.has(pathKey(path));
  }

  /**
   * @param {(string | number)[]} path
   * @param {boolean} watched
   * @returns {boolean} whether it is so now: no more than {@link MAX_CURVES} are watched
   */
  choose(path, watched) {
    this.chosen = true;
    if (!watched) return this.#curves.delete(pathKey(path)) || true;
    if (this.#curves.size >= MAX_CURVES) return false;
    this.#curves.set(pathKey(path), new Curve(path));
    return true;
  }

  /** @param {import('./subjects.js').Subject} subject  whose value is new @param {number} nowMs */
  take({ payload, lengthBytes, at }, nowMs) {
    if (this.chosen && this.#curves.size === 0) return;
    if (at === null || !this.#budget.spend(nowMs, payload.length)) return;
    const part = jsonOf(payload, lengthBytes);
    if (part === null) return;
    if (this.#curves.size === 0) {
      const path = firstNumber(part);
      if (path !== null) this.#curves.set(pathKey(path), new Curve(path));
    }
    for (const curve of this.#curves.values()) {
      const number = numberAt(part, curve.path);
      if (number !== null) curve.add(at, number);
    }
  }
}

const pathKey = (path) => JSON.stringify(path);

/** @param {(string | number)[]} path @returns {string} e.g. 'arm.joints.0.q' */
export const pathName = (path) => path.map((step) => String(step).replace(/^"|"$/g, '')).join('.') || 'value';
