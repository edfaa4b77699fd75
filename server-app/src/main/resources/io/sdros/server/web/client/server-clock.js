/** How the server's clock stands to this one, from questions and answers, and how well that is known. */

import { clockMs } from './freshness.js';

const NANOS_PER_MS = 1e6;
const FIRST_QUESTIONS = 5;
const FIRST_INTERVAL_MS = 90;
const INTERVAL_MS = 2000;
/** The server answers the newest four. */
const MOST_WAITING = 4;
const MOST_SAMPLES = 16;
const TICKS_SEEN = 5;
/** Two clocks part by no more than that: 100 µs in a second. */
const DRIFT = 1e-4;

/** @param {number} milliseconds @returns {bigint} as a u64, whatever it was */
const nanosOf = (milliseconds) => BigInt.asUintN(64, BigInt(Math.round(milliseconds * NANOS_PER_MS)));
const millisOf = (nanos) => Number(nanos) / NANOS_PER_MS;

/**
 * In which steps the browser's clock ticks: 5 µs to 1 ms, since pages are not to know the time too well.
 * @param {() => number} clock
 * @returns {number} milliseconds
 */
export function stepOf(clock = clockMs) {
  let step = Infinity;
  for (let tick = 0; tick < TICKS_SEEN; tick++) {
    const before = clock();
    let after = before;
    while (after === before) after = clock();
    step = Math.min(step, after - before);
  }
  return step;
}

/**
 * @typedef {object} ClockEstimate
 * @property {number} offsetMs  the server's time less this one's
 * @property {number} errorMs  by how much that may be wrong
 * @property {number} roundTripMs  of the answer that it comes from
 */

/** Of one connection: another may lead to another machine. */
export class ServerClock {
  #stepMs;
  #waiting = [];
  #samples = [];
  #questions = 0;
  #askedAt = -Infinity;

  /** @param {number} stepMs  of this clock, which no time taken from it is better than */
  constructor(stepMs) {
    this.#stepMs = stepMs;
  }

  /** Whether it is time to ask: a few times at the start, then every two seconds. @param {number} nowMs */
  due(nowMs) {
    return nowMs - this.#askedAt >= (this.#questions < FIRST_QUESTIONS ? FIRST_INTERVAL_MS : INTERVAL_MS);
  }

  /** @param {number} nowMs @returns {bigint} what to ask with */
  ask(nowMs) {
    const askedAs = nanosOf(nowMs);
    this.#questions++;
    this.#askedAt = nowMs;
    this.#waiting.push({ askedAs, askedAt: nowMs });
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    return askedAs;
  }

  /**
   * @param {{ askedAs: bigint, receivedNanos: bigint, sentNanos: bigint }} answer
   * @param {number} nowMs  when it came
   * @returns {boolean} whether it was one to a question of ours
   */
  answered({ askedAs, receivedNanos, sentNanos }, nowMs) {
    const place = this.#waiting.findIndex((question) => question.askedAs === askedAs);
    if (place < 0 || sentNanos < receivedNanos) return false;
    const [{ askedAt }] = this.#waiting.splice(place, 1);
    const awayMs = nowMs - askedAt;
    const thereMs = millisOf(sentNanos - receivedNanos);
    if (thereMs > awayMs + 2 * this.#stepMs) return false;
    const roundTripMs = Math.max(0, awayMs - thereMs);
    const offsetMs = (millisOf(receivedNanos) - askedAt + (millisOf(sentNanos) - nowMs)) / 2;
    const sample = { offsetMs, roundTripMs, at: nowMs };
    // A clock that stood still, as in a machine that slept: what was known before is wrong.
    this.#samples = this.#samples.filter((other) =>
      Math.abs(other.offsetMs - offsetMs) <= this.#errorMs(other, nowMs) + this.#errorMs(sample, nowMs));
    this.#samples.push(sample);
    if (this.#samples.length > MOST_SAMPLES) this.#samples.shift();
    return true;
  }

  #errorMs({ roundTripMs, at }, nowMs) {
    return roundTripMs / 2 + this.#stepMs + Math.max(0, nowMs - at) * DRIFT;
  }

  /** @param {number} nowMs @returns {ClockEstimate | null} null before the first answer */
  estimate(nowMs) {
    let best = null;
    for (const sample of this.#samples) {
      const errorMs = this.#errorMs(sample, nowMs);
      if (best === null || errorMs <= best.errorMs) best = { offsetMs: sample.offsetMs, errorMs, roundTripMs: sample.roundTripMs };
    }
    return best;
  }
}

/** @param {ClockEstimate} estimate @param {bigint} nanos  of the server @returns {number} milliseconds of clockMs() */
export function fromServer({ offsetMs }, nanos) {
  return millisOf(nanos) - offsetMs;
}

/** @param {ClockEstimate} estimate @param {number} atMs  of clockMs() @returns {bigint} nanoseconds of the server */
export function toServer({ offsetMs }, atMs) {
  return nanosOf(atMs + offsetMs);
}
