/** Telemetry gathered per subject, so that a page hears of it a few times a second and not with each message. */

/** As long as messages are gathered. */
export const GATHER_MS = 100;
/** Subjects that wait at a time; messages of others are only counted. */
const MAX_SUBJECTS = 1000;
/** Of a value no more than that is handed over. */
const MAX_VALUE_BYTES = 65536;
/** The values that a server keeps for newcomers come first on a connection: the first of each subject, for that long ... */
const KEPT_WITHIN_MS = 2000;
/** ... or, over a slow link, until no further one has come for that long. */
const KEPT_PAUSE_MS = 500;
const MAX_KEPT_SUBJECTS = 4096;

/**
 * @typedef {object} Gathered  what is handed over at a time
 * @property {GatheredValue[]} values  the newest of each subject
 * @property {Uint8Array} bytes  their payloads, one behind the other
 * @property {number} others  messages of subjects beyond the limit
 *
 * @typedef {object} GatheredValue
 * @property {string} subject
 * @property {number} count  messages gathered, without those that were kept for newcomers
 * @property {number} arrivedAt
 * @property {number | null} serverMs  when the server had it, by its own clock; null: it does not say
 * @property {boolean} kept  it is, or may be, from before this connection
 * @property {number} lengthBytes  of the whole payload
 * @property {number} sentBytes  of it in `bytes`
 */

/** Of each subject the newest message. */
export class TelemetryBatch {
  #waiting = new Map();
  #others = 0;
  #first = new Set();
  #keptUntil = -Infinity;

  /** A new connection: what comes first may be from before it. */
  connected(nowMs) {
    this.#first.clear();
    this.#keptUntil = nowMs + KEPT_WITHIN_MS;
  }

  get empty() {
    return this.#waiting.size === 0 && this.#others === 0;
  }

  /**
   * @param {{ subject: string, payload: Uint8Array, serverMs?: number | null, replayed?: boolean }} message  serverMs
   *     and replayed where the server tells them
   * @param {number} arrivedAt
   */
  add({ subject, payload, serverMs = null, replayed }, arrivedAt) {
    const kept = replayed ?? this.#mayBeKept(subject, arrivedAt);
    const before = this.#waiting.get(subject);
    if (before === undefined && this.#waiting.size >= MAX_SUBJECTS) {
      this.#others++;
      return;
    }
    const count = (before?.count ?? 0) + (kept ? 0 : 1);
    this.#waiting.set(subject, { payload, count, arrivedAt, serverMs, kept });
  }

  #mayBeKept(subject, arrivedAt) {
    if (arrivedAt >= this.#keptUntil || this.#first.has(subject) || this.#first.size >= MAX_KEPT_SUBJECTS) return false;
    this.#first.add(subject);
    this.#keptUntil = Math.max(this.#keptUntil, arrivedAt + KEPT_PAUSE_MS);
    return true;
  }

  /** @returns {Gathered} what has come since the last time */
  take() {
    const values = [];
    let totalBytes = 0;
    for (const [subject, { payload, ...value }] of this.#waiting) {
      const sentBytes = Math.min(payload.length, MAX_VALUE_BYTES);
      values.push({ subject, ...value, lengthBytes: payload.length, sentBytes });
      totalBytes += sentBytes;
    }
    const bytes = new Uint8Array(totalBytes);
    let at = 0;
    for (const { payload } of this.#waiting.values()) {
      const sent = payload.subarray(0, MAX_VALUE_BYTES);
      bytes.set(sent, at);
      at += sent.length;
    }
    const gathered = { values, bytes, others: this.#others };
    this.#waiting.clear();
    this.#others = 0;
    return gathered;
  }
}

/** Hands gathered telemetry over: what comes alone at once, what comes in numbers every {@link GATHER_MS}. */
export class TelemetryGathering {
  #batch = new TelemetryBatch();
  #handOver;
  #clock;
  #timer = null;
  #handedAt = -Infinity;

  /** @param {(gathered: Gathered) => void} handOver @param {() => number} clock  milliseconds */
  constructor(handOver, clock) {
    this.#handOver = handOver;
    this.#clock = clock;
  }

  connected() {
    this.#batch.connected(this.#clock());
  }

  /** As of {@link TelemetryBatch}. */
  add(message, arrivedAt) {
    this.#batch.add(message, arrivedAt);
    if (this.#timer !== null) return;
    const waitMs = this.#handedAt + GATHER_MS - this.#clock();
    if (waitMs <= 0) this.#flush();
    else this.#timer = setTimeout(() => this.#flush(), waitMs);
  }

  /** Hands over what waits; nothing follows until something is added. */
  stop() {
    if (this.#timer !== null) this.#flush();
  }

  #flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#handedAt = this.#clock();
    if (!this.#batch.empty) this.#handOver(this.#batch.take());
  }
}
