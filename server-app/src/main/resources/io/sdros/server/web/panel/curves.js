/** Numbers of telemetry over time: which are watched, and what came of them. */

import { firstNumber, numberAt } from './json-text.js';
import { jsonOf } from './value-text.js';

/** As far back as a curve goes, and as many values as it has at most: ten a second. */
export const CURVE_MS = 60000;
const CURVE_VALUES = 600;
/** Of values that are looked into for a number, in one second. */
const MAX_BYTES_PER_SECOND = 500000;

/** So much a second, and what is over is refused. */
export class Budget {
  #perSecond;
  #left;
  #since = -Infinity;

  constructor(perSecond) {
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

/** A number in a subject's values, by its path; and what came of it. */
class Watched {
  curve = new Curve();

  /** @param {(string | number)[]} path */
  constructor(path) {
    this.path = path;
  }
}

/** The curves of one subject. What comes while nothing is watched costs nothing. */
export class SubjectCurves {
  #budget;
  #watched = null;

  /** @param {Budget} budget  of all subjects together */
  constructor(budget) {
    this.#budget = budget;
  }

  /** The first number whose course may say something; null while none has come. @returns {Watched | null} */
  get first() {
    return this.#watched;
  }

  /** @param {import('./subjects.js').Subject} subject  whose value is new @param {number} nowMs */
  take({ payload, lengthBytes, at }, nowMs) {
    if (!this.#budget.spend(nowMs, payload.length)) return;
    const part = jsonOf(payload, lengthBytes);
    if (part === null) return;
    const path = this.#watched === null ? firstNumber(part) : null;
    if (path !== null) this.#watched = new Watched(path);
    const number = this.#watched === null ? null : numberAt(part, this.#watched.path);
    if (number !== null && at !== null) this.#watched.curve.add(at, number);
  }
}

export const curvesBudget = () => new Budget(MAX_BYTES_PER_SECOND);

/** @param {(string | number)[]} path @returns {string} e.g. 'arm.joints.0.q' */
export const pathName = (path) => path.map((step) => String(step).replace(/^"|"$/g, '')).join('.') || 'value';
