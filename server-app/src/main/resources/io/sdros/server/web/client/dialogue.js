/** What is said between this viewer and a server that speaks sdr.2, besides video and telemetry. */

import { writtenNanos } from './delays.js';
import { Feedback } from './feedback.js';
import { conditionNames } from './problems.js';
import { SDR2, clockQuestion } from './sdr2.js';
import { ServerClock, fromServer, stepOf } from './server-clock.js';

const NANOS_PER_MS = 1e6;

/**
 * What the server says of the stream.
 * @typedef {object} Source
 * @property {'live' | 'stale' | 'absent'} state  absent: there is nothing to read from; stale: there is, and nothing comes of it
 * @property {string} reason  one sentence for people, without a full stop; '' when live
 * @property {readonly string[]} conditions  by name
 */

/** @param {Record<string, any>} state  as it came @returns {Source | null} null: it does not say */
export function sourceOf({ source }) {
  if (!['live', 'stale', 'absent'].includes(source?.state)) return null;
  return {
    state: source.state,
    reason: typeof source.reason === 'string' ? source.reason : '',
    conditions: conditionNames(source.conditions),
  };
}

/** Silent while the connection speaks the old protocol. */
export class Dialogue {
  #send;
  #clockKnown;
  #stated;
  #stepMs = null;
  #clock = null;
  #feedback = null;
  /** About the video message that comes next. @type {FrameTimesMessage | null} */
  #times = null;

  /** @param {object} hooks  send(ArrayBuffer), clockKnown(): better than before, stated(Record): the server's state */
  constructor({ send, clockKnown, stated }) {
    this.#send = send;
    this.#clockKnown = clockKnown;
    this.#stated = stated;
  }

  /** Whether the server speaks sdr.2. */
  get active() {
    return this.#clock !== null;
  }

  /** A connection stands. @param {string} protocol  that was selected @param {Counts} counts  of frames up to now */
  opened(protocol, counts, nowMs) {
    this.closed();
    if (protocol !== SDR2) return;
    this.#stepMs ??= stepOf();
    this.#clock = new ServerClock(this.#stepMs);
    this.#feedback = new Feedback(counts);
    this.#ask(nowMs);
  }

  closed() {
    this.#clock = this.#feedback = this.#times = null;
  }

  /** @param {FrameTimesMessage | ClockMessage | StateMessage} message */
  heard(message, nowMs) {
    if (message.type === 'frame-times') this.#times = message;
    else if (message.type === 'state') this.#stated(message.state);
    else if (this.#clock.answered(message, nowMs)) this.#clockKnown();
  }

  /**
   * A frame came.
   * @param {bigint} frameSeq
   * @param {number} arrivedAt
   * @returns {{ times: FrameTimesMessage | null, lateMs: number }} what was said of it; by how much it came later than frames
   *     can, 0 where that is not known
   */
  frame(frameSeq, arrivedAt) {
    const times = this.#times?.frameSeq === frameSeq ? this.#times : null;
    this.#times = null;
    const delayMs = times === null ? null : arrivedAt - Number(times.serverNanos) / NANOS_PER_MS;
    return { times, lateMs: this.#feedback?.received(frameSeq, arrivedAt, delayMs) ?? 0 };
  }

  /** A frame of this connection is on the screen. */
  displayed(frameSeq, shownAt, decodingMs) {
    this.#feedback?.displayed(frameSeq, shownAt, decodingMs);
  }

  /** @param {number} nowMs @returns {ClockEstimate | null} */
  clock(nowMs) {
    return this.#clock?.estimate(nowMs) ?? null;
  }

  /**
   * When a picture was taken, or, where the producer does not say, committed.
   * @param {FrameTimesMessage | null} times
   * @returns {number | null} milliseconds of clockMs(); null: not known (yet)
   */
  writtenAt(times, nowMs) {
    const clock = this.clock(nowMs);
    return times === null || clock === null ? null : fromServer(clock, writtenNanos(times));
  }

  /** Says what is due. @param {number} doing @param {() => Reading} read  asked only if it is to be said */
  speak(doing, read, nowMs) {
    if (!this.active) return;
    if (this.#clock.due(nowMs)) this.#ask(nowMs);
    if (this.#feedback.due(doing, nowMs)) this.#send(this.#feedback.take({ doing, ...read() }, this.clock(nowMs), nowMs));
  }

  #ask(nowMs) {
    this.#send(clockQuestion(this.#clock.ask(nowMs)));
  }
}
