/** When a picture was where on its way, and how long each part of the way takes. */

import { fromServer } from './server-clock.js';

/** A capture time that is further from the commit is taken for none: a picture is not that long in an encoder. */
const LONGEST_ENCODING_NANOS = 10_000_000_000n;
const NANOS_PER_MS = 1e6;
const MICROS_PER_MS = 1000;
const WINDOW_MS = 2000;

/**
 * @typedef {object} Way  of a picture; milliseconds of clockMs(), null where not known
 * @property {number | null} capturedAt
 * @property {number | null} committedAt
 * @property {number | null} serverAt  when the server had it
 * @property {number | null} clockErrorMs  by how much these three may be wrong
 *
 * @typedef {object} Delays  milliseconds; null where not known. Medians over what was shown in the last two seconds
 * @property {number | null} captureToCommitMs
 * @property {number | null} commitToServerMs
 * @property {number | null} serverToReceivedMs  the server's queue, its socket, the network
 * @property {number | null} receivedToDecodedMs
 * @property {number | null} decodedToShownMs
 * @property {number | null} captureToShownMs
 * @property {number | null} commitToShownMs
 * @property {number | null} clockErrorMs  of those from the server's machine to this one
 */

/** @type {Way} */
const UNKNOWN = Object.freeze({ capturedAt: null, committedAt: null, serverAt: null, clockErrorMs: null });

/** @param {FrameTimesMessage} times @returns {bigint | null} */
export function captureOf({ captureNanos, commitNanos }) {
  if (captureNanos === null || captureNanos > commitNanos || commitNanos - captureNanos > LONGEST_ENCODING_NANOS) return null;
  return captureNanos;
}

/**
 * When a frame was committed. That cannot have been after the server had it: a producer's clock that runs ahead would make
 * frames seem rare, and old pictures young.
 * @param {FrameTimesMessage} times
 * @returns {bigint}
 */
export function committedBy({ commitNanos, serverNanos }) {
  return commitNanos < serverNanos ? commitNanos : serverNanos;
}

/**
 * @param {FrameTimesMessage} times
 * @returns {bigint} when a picture was taken, or, where the producer does not say, committed
 */
export function writtenNanos(times) {
  const capture = captureOf(times);
  const committed = committedBy(times);
  return capture !== null && capture < committed ? capture : committed;
}

/**
 * @param {FrameTimesMessage | null} times
 * @param {ClockEstimate | null} clock
 * @returns {Way}
 */
export function wayOf(times, clock) {
  if (times === null || clock === null) return UNKNOWN;
  const capture = captureOf(times);
  return {
    capturedAt: capture === null ? null : fromServer(clock, capture),
    committedAt: fromServer(clock, times.commitNanos),
    serverAt: fromServer(clock, times.serverNanos),
    clockErrorMs: clock.errorMs + times.clockErrorMicros / MICROS_PER_MS,
  };
}

const between = (from, to) => (from === null || to === null ? null : to - from);
const nanosBetween = (from, to) => (from === null ? null : Number(to - from) / NANOS_PER_MS);

/**
 * @param {{ times: FrameTimesMessage | null, arrivedAt: number, decodedAt: number }} unit
 * @param {Way} way  of it
 * @param {number} shownAt
 * @returns {Delays} of this one
 */
export function delaysOf({ times, arrivedAt, decodedAt }, { capturedAt, committedAt, serverAt, clockErrorMs }, shownAt) {
  return {
    captureToCommitMs: times === null ? null : nanosBetween(captureOf(times), times.commitNanos),
    commitToServerMs: times === null ? null : nanosBetween(times.commitNanos, times.serverNanos),
    serverToReceivedMs: between(serverAt, arrivedAt),
    receivedToDecodedMs: decodedAt - arrivedAt,
    decodedToShownMs: shownAt - decodedAt,
    captureToShownMs: between(capturedAt, shownAt),
    commitToShownMs: between(committedAt, shownAt),
    clockErrorMs,
  };
}

const NAMES = Object.keys(delaysOf({ times: null, arrivedAt: 0, decodedAt: 0 }, UNKNOWN, 0));

function median(values) {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known.length === 0 ? null : known[known.length >> 1];
}

/** The delays of late. */
export class DelayMeter {
  #entries = [];

  /** Another connection: what was before says nothing of it. */
  reset() {
    this.#entries = [];
  }

  /** @param {number} nowMs @param {Delays} delays  of the picture shown now */
  add(nowMs, delays) {
    this.#entries.push([nowMs, delays]);
    this.#forget(nowMs);
  }

  /** @param {number} nowMs @returns {Delays} all null while nothing is shown */
  medians(nowMs) {
    this.#forget(nowMs);
    return Object.fromEntries(NAMES.map((name) => [name, median(this.#entries.map(([, delays]) => delays[name]))]));
  }

  #forget(nowMs) {
    while (this.#entries.length > 0 && this.#entries[0][0] < nowMs - WINDOW_MS) this.#entries.shift();
  }
}
