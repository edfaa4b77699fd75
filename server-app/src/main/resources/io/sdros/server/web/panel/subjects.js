/** What is known of each telemetry subject: its last value, from when it is, and how often one comes. */

import { RateMeter } from '../sdr-client.js';

/** Subjects that are listed; of others only the messages are counted. */
export const MAX_SUBJECTS = 500;
const RATE_WINDOW_MS = 5000;
/** A subject without a message for so long is old. */
export const OLD_MS = 5000;

/** @typedef {import('../sdr-client.js').TelemetryValues} TelemetryValues */

/** One subject. */
export class Subject {
  #rate = new RateMeter(RATE_WINDOW_MS);
  #value = null;
  /** Counts the values, so that whoever has drawn one knows whether there is another. */
  version = 0;

  /** @param {string} name */
  constructor(name) {
    this.name = name;
  }

  /** @param {import('../sdr-client.js').TelemetryValue} value */
  take(value) {
    this.#value = value;
    this.version++;
    if (value.count > 0) this.#rate.add(value.arrivedAt, value.count);
  }

  /** Bytes of the last value, or of its beginning. @returns {Uint8Array} */
  get payload() {
    return this.#value.payload;
  }

  /** Of the whole value. */
  get lengthBytes() {
    return this.#value.lengthBytes;
  }

  /**
   * When the last value came to the server, or else here; null: it is from before this page came, and nothing says more.
   * May be known better later, when the server's clock is.
   */
  get at() {
    const { receivedAt, kept, arrivedAt } = this.#value;
    return receivedAt ?? (kept ? null : arrivedAt);
  }

  /** @returns {number | null} null: not known, see {@link at} */
  ageMs(nowMs) {
    return this.at === null ? null : Math.max(0, nowMs - this.at);
  }

  perSecond(nowMs) {
    return this.#rate.perSecond(nowMs);
  }
}

/** All subjects, the first {@link MAX_SUBJECTS} of them. */
export class Subjects {
  #byName = new Map();
  /** Messages of subjects that are not listed. */
  unlisted = 0;

  /** @param {TelemetryValues} gathered @returns {Subject[]} those that are new, of all that came */
  take({ values, others }) {
    this.unlisted += others;
    const added = [];
    for (const value of values) {
      let subject = this.#byName.get(value.subject);
      if (subject === undefined) {
        if (this.#byName.size >= MAX_SUBJECTS) {
          this.unlisted += Math.max(1, value.count);
          continue;
        }
        subject = new Subject(value.subject);
        this.#byName.set(value.subject, subject);
        added.push(subject);
      }
      subject.take(value);
    }
    return added;
  }

  get size() {
    return this.#byName.size;
  }

  /** @param {string} name @returns {Subject | undefined} */
  get(name) {
    return this.#byName.get(name);
  }

  /** @returns {string[]} in the order they came */
  get names() {
    return [...this.#byName.keys()];
  }
}
