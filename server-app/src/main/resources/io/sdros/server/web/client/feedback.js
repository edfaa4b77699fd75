/** What the server is told of this viewer, and when. */

import { Doing, feedbackMessage } from './sdr2.js';
import { toServer } from './server-clock.js';

const INTERVAL_MS = 200;
/** Timers are late by as much as their page is busy. */
const SLACK_MS = 5;
/** While each frame is to be told of: the server ends a connection after 200 messages in a second. */
const LEAST_INTERVAL_MS = 10;
const GROWN_MS = 50;
const LATELY_MS = 30000;
const BUCKET_MS = 1000;
/** The server remembers 128 frames; one shown longer ago is none that it could find, or the wrong one. */
const MOST_FRAMES_SINCE = 64;

/** The least of what was seen in the last 30 s, by the second. */
export class LatelyLeast {
  #buckets = [];

  /** @param {number} value @param {number} nowMs @returns {number} the least, this one included */
  with(value, nowMs) {
    const second = Math.floor(nowMs / BUCKET_MS);
    const newest = this.#buckets.at(-1);
    if (newest?.second === second) newest.least = Math.min(newest.least, value);
    else this.#buckets.push({ second, least: value });
    while ((second - this.#buckets[0].second) * BUCKET_MS > LATELY_MS) this.#buckets.shift();
    return Math.min(...this.#buckets.map(({ least }) => least));
  }
}

/**
 * @typedef {{ received: number, decoded: number, dropped: number }} Counts  frames, ever
 *
 * @typedef {object} Reading
 * @property {number} doing  see Doing
 * @property {number} decodeQueue
 * @property {Counts} counts
 */

/** Of one connection. */
export class Feedback {
  /** @type {{ frameSeq: bigint, at: number } | null} */
  #received = null;
  #displayed = null;
  #receivedSinceShown = 0;
  #least = new LatelyLeast();
  #grown = false;
  #frameToTell = false;
  #doing = Doing.PLAYING;
  #saidAt = -Infinity;
  #counts;

  /** @param {Counts} counts  up to now */
  constructor(counts) {
    this.#counts = counts;
  }

  /**
   * A frame came.
   * @param {bigint} frameSeq
   * @param {number} at
   * @param {number | null} delayMs  since the server had it, but for a constant; null: not known
   * @returns {number} by how much that is more than the least of late; 0 where it is not known
   */
  received(frameSeq, at, delayMs) {
    // Another writer, or the same again for who joined anew: the number of what is shown may mean another frame now.
    if (this.#received !== null && frameSeq <= this.#received.frameSeq) this.#displayed = null;
    if (++this.#receivedSinceShown > MOST_FRAMES_SINCE) this.#displayed = null;
    this.#received = { frameSeq, at };
    const lateMs = delayMs === null ? 0 : delayMs - this.#least.with(delayMs, at);
    if (delayMs !== null) this.#grown = lateMs > GROWN_MS;
    this.#frameToTell = this.#grown;
    return lateMs;
  }

  /**
   * @param {bigint} frameSeq  of a frame that came on this connection
   * @param {number} at
   * @param {number} decodingMs  from its coming to its being decoded
   */
  displayed(frameSeq, at, decodingMs) {
    this.#displayed = { frameSeq, at, decodingMs };
    this.#receivedSinceShown = 0;
  }

  /**
   * Whether it is to be said now: by the clock, at once when what is done has changed, and of each frame while they come
   * later than they could.
   * @param {number} doing
   * @param {number} nowMs
   */
  due(doing, nowMs) {
    const sinceMs = nowMs - this.#saidAt;
    return doing !== this.#doing || sinceMs >= INTERVAL_MS - SLACK_MS || (this.#frameToTell && sinceMs >= LEAST_INTERVAL_MS);
  }

  /**
   * @param {Reading} reading
   * @param {ClockEstimate | null} clock  without it no frame can be told of
   * @param {number} nowMs
   * @returns {ArrayBuffer} what to say
   */
  take({ doing, decodeQueue, counts }, clock, nowMs) {
    const before = this.#counts;
    this.#counts = counts;
    this.#doing = doing;
    this.#saidAt = nowMs;
    this.#frameToTell = false;
    const inServersTime = (frame) => (clock === null || frame === null ? null
      : { frameSeq: frame.frameSeq, atNanos: toServer(clock, frame.at) });
    return feedbackMessage({
      doing,
      decodeQueue,
      decodingMs: clock === null ? null : this.#displayed?.decodingMs ?? null,
      clockErrorMicros: clock === null ? 0 : clock.errorMs * 1000,
      received: inServersTime(this.#received),
      displayed: inServersTime(this.#displayed),
      counts: {
        received: counts.received - before.received,
        decoded: counts.decoded - before.decoded,
        dropped: counts.dropped - before.dropped,
      },
    });
  }
}
