/** Connection and pipeline together, in the worker or on the page: what comes is shown, and what is known is told. */

import { Connection } from './connection.js';
import { handOver, sizeOf } from './display.js';
import { RateMeter, Rejoining, Withheld } from './flow.js';
import { FrameInterval, Freshness, StaleAlarm, clockMs } from './freshness.js';
import { Pipeline } from './pipeline.js';
import { codecName, parseMessage } from './protocol.js';
import {
  INITIAL, factsOf, pictureAgeMs, reduce, resuming, silenceToExplain, stuckSince, suspended,
} from './session.js';
import { IDLE, stateOf } from './state.js';
import { TelemetryGathering } from './telemetry-batch.js';

const TICK_MS = 100;
const MAX_UNDELIVERED = 3;
const STATISTICS_MS = 250;
/** While it is not known whether frames were withheld or lost, the server is asked so often. */
const ASK_WITHHELD_MS = 2000;
/** What the encoder was asked longer ago is no answer any more. */
const ASKED_RECENTLY_MS = 30000;

/**
 * @typedef {object} Statistics  counters since the client was made; rates over the last two seconds
 * @property {number} framesReceived
 * @property {number} framesDecoded
 * @property {number} framesPainted
 * @property {number} framesMissed  written, but never came (dropped on the way for this client, or lost by the reader);
 *     without those that the server has withheld, as far as it says so
 * @property {{ late: number, error: number, gap: number, superseded: number, suspended: number }} framesDropped
 *     came, but not shown: the decoder was behind; it failed; waiting for a keyframe; a newer picture was there before
 *     the screen's next refresh; nothing was shown at that time
 * @property {number} videoBytes
 * @property {number} telemetryReceived
 * @property {number} malformed
 * @property {number} connects
 * @property {number} fps  pictures shown per second
 * @property {number} bitsPerSecond
 * @property {string} codec  for people
 * @property {string} codecString
 * @property {number} width
 * @property {number} height
 * @property {bigint | null} lastFrameSeq  of the picture shown
 * @property {bigint | null} lastFrameId
 * @property {number | null} lastArrivedAt  when the picture shown had come from the network
 * @property {number | null} delayMs  from the network to the screen, of the picture shown
 * @property {string} decoder  'webcodecs', 'mse' (the fallback, slower), 'jpeg' or ''
 * @property {boolean} bFrames  pictures come in another order than they are shown in: the encoder makes B-frames
 * @property {number} reorderDelayMs  what these cost: each frame is as much later as it must wait for others; 0 without
 */

export class Receiver {
  #emit;
  #connection;
  #pipeline;
  #session = INITIAL;
  #state = IDLE;
  #freshness;
  #interval = new FrameInterval();
  #alarm;
  #undelivered = 0;
  #viewing = 0;
  #tick = null;
  #reportedAt = 0;
  #asking = false;
  // Null: each message is told by itself.
  #gathering = null;
  #withheld = new Withheld();
  #rejoining = new Rejoining();
  #frameRate = new RateMeter();
  #byteRate = new RateMeter();
  #numbers = {
    framesReceived: 0, videoBytes: 0, telemetryReceived: 0, malformed: 0, connects: 0, codecString: '', width: 0, height: 0,
    lastFrameSeq: null, lastFrameId: null, lastArrivedAt: null, delayMs: null,
  };

  /**
   * @param {object} options  of the client, all of them
   * @param {HTMLCanvasElement | OffscreenCanvas | null} canvas  null: pictures go out with 'frame'
   * @param {(new (hooks: DecoderHooks) => object) | null} fallback  decodes H.264 where there is no WebCodecs
   * @param {(type: string, detail: object, transfer?: Transferable[]) => void} emit
   */
  constructor(options, canvas, fallback, emit) {
    this.#emit = emit;
    this.#freshness = new Freshness(options.staleAfterMs);
    this.#alarm = new StaleAlarm(options.staleAfterMs);
    if (options.telemetry === 'gathered') {
      this.#gathering = new TelemetryGathering((gathered) => this.#emit('gathered', gathered, [gathered.bytes.buffer]), clockMs);
    }
    this.#connection = new Connection(options, {
      changed: (connection) => this.#connectionChanged(connection),
      message: (buffer, arrivedAt) => this.#message(buffer, arrivedAt),
    });
    this.#pipeline = new Pipeline(canvas, {
      painted: (unit, width, height) => this.#shown(unit, width, height),
      picture: (picture, unit) => this.#deliver(picture, unit),
      problem: (problem) => {
        this.#happened({ type: 'problem', problem });
        this.#updateState();
      },
      described: (description) => {
        this.#numbers.codecString = description.codecString;
      },
    }, fallback);
  }

  start() {
    this.#keepTime();
    this.#connection.start();
  }

  stop() {
    clearInterval(this.#tick);
    this.#tick = null;
    this.#connection.stop();
    this.#gathering?.stop();
    this.#pipeline.close();
    this.#report();
  }

  retry() {
    this.#keepTime();
    this.#connection.retryNow();
  }

  /** The network is back, or somebody is looking again. That is no reason to ask again who was refused, or has stopped. */
  retryIfLost() {
    if (this.#session.connection.phase === 'retrying') this.#connection.retryNow();
  }

  setToken(token) {
    this.#keepTime();
    this.#connection.setToken(token);
  }

  setPaused(paused) {
    this.#suspendOrResume({ type: 'paused', paused });
  }

  /** `viewing` comes back with each frame shown from now on. */
  setHidden(hidden, viewing) {
    this.#viewing = viewing;
    this.#suspendOrResume({ type: 'hidden', hidden });
    if (!hidden) this.retryIfLost();
  }

  /** The page has a picture that was delivered. */
  pictureReceived() {
    this.#undelivered--;
  }

  #keepTime() {
    this.#tick ??= setInterval(() => this.#onTick(), TICK_MS);
  }

  /** @param {SessionEvent} event */
  #happened(event) {
    this.#session = reduce(this.#session, event);
  }

  /** @returns {Losses} */
  get #losses() {
    const { error, gap } = this.#pipeline.counts;
    return { error, gap };
  }

  #suspendOrResume(change) {
    const before = suspended(this.#session);
    this.#happened({ ...change, at: clockMs(), losses: this.#losses });
    if (suspended(this.#session)) {
      this.#pipeline.suspend();
    } else {
      if (before) this.#alarm.reset();
      // An encoder that sends keyframes on request only sends none otherwise.
      if (!this.#pipeline.resume() && this.#session.arrivedAt !== null) this.#connection.rejoin();
    }
    this.#updateState();
  }

  #connectionChanged(connection) {
    const open = connection.phase === 'open';
    const at = clockMs();
    if (open) {
      this.#numbers.connects++;
      this.#pipeline.restart();
      this.#withheld.connected(this.#pipeline.missedBeforeKeyframes);
      this.#freshness.connected(at);
      this.#interval.reset();
      this.#gathering?.connected();
    }
    this.#happened({ type: 'connection', at, connection, losses: this.#losses });
    if (open) this.#askAge();
    this.#updateState();
  }

  async #askAge() {
    if (this.#asking) return;
    this.#asking = true;
    const askedAt = clockMs();
    this.#happened({ type: 'asked', at: askedAt });
    const connection = this.#numbers.connects;
    const { answered, health } = await this.#connection.health();
    this.#asking = false;
    if (this.#session.connection.phase !== 'open') return;
    if (connection !== this.#numbers.connects) {
      this.#askAge();
      return;
    }
    const at = clockMs();
    const ageMs = health?.last_frame_age_ms;
    if (ageMs !== undefined) this.#freshness.answered(at, ageMs);
    const { pictureIsOfNow, pictureArrivedAt } = this.#session;
    const writtenBy = pictureIsOfNow ? this.#freshness.writtenBy(pictureArrivedAt) : this.#session.writtenBy;
    const newestAt = ageMs === undefined || ageMs === null ? ageMs : at - ageMs;
    this.#withheld.told(this.#pipeline.missedBeforeKeyframes, health?.frames_withheld);
    const conditions = (health?.conditions ?? []).map(({ condition }) => condition);
    const requestAgeMs = health?.keyframe_request_age_ms ?? null;
    const keyframeAsked = requestAgeMs !== null && requestAgeMs < ASKED_RECENTLY_MS;
    this.#happened({ type: 'told', told: { askedAt, at, answered, newestAt, conditions, keyframeAsked }, writtenBy });
    if (pictureIsOfNow) this.#emit('age', { writtenBy });
    this.#updateState();
  }

  #message(buffer, arrivedAt) {
    const message = parseMessage(buffer);
    if (message.type === 'video') {
      this.#numbers.framesReceived++;
      this.#numbers.videoBytes += message.payload.length;
      this.#byteRate.add(arrivedAt, message.payload.length);
      this.#freshness.arrived(arrivedAt);
      this.#interval.arrived(arrivedAt, message.frameSeq);
      this.#happened({ type: 'arrived', at: arrivedAt });
      this.#pipeline.accept(message, arrivedAt);
    } else if (message.type === 'telemetry') {
      this.#numbers.telemetryReceived++;
      if (this.#gathering !== null) this.#gathering.add(message, arrivedAt);
      else this.#emit('telemetry', { subject: message.subject, payload: message.payload, arrivedAt }, [buffer]);
    } else if (message.type === 'malformed') {
      this.#numbers.malformed++;
    }
  }

  /** The page gets so many pictures ahead, no more: one that does not keep up would fill its memory with them. */
  #deliver(picture, unit) {
    if (this.#undelivered >= MAX_UNDELIVERED) {
      picture.close();
      return false;
    }
    const { width, height } = sizeOf(picture);
    this.#undelivered++;
    try {
      handOver(picture, () => this.#shown(unit, width, height, picture));
    } catch (error) {
      this.#undelivered--;
      throw error;
    }
    return true;
  }

  #shown(unit, width, height, picture) {
    const { frameSeq, frameId, codec, keyframe } = unit.message;
    const { arrivedAt } = unit;
    const shownAt = clockMs();
    const writtenBy = this.#freshness.writtenBy(arrivedAt);
    this.#happened({ type: 'shown', at: shownAt, arrivedAt, writtenBy, losses: this.#losses });
    this.#frameRate.add(shownAt);
    this.#rejoining.helped();
    Object.assign(this.#numbers, {
      width, height, lastFrameSeq: frameSeq, lastFrameId: frameId, lastArrivedAt: arrivedAt, delayMs: shownAt - arrivedAt,
    });
    const detail = {
      frameSeq, frameId, codec, keyframe, width, height, arrivedAt, writtenBy, shownAt, viewing: this.#viewing,
    };
    if (picture === undefined) this.#emit('frame', detail);
    else this.#emit('frame', { ...detail, picture }, [picture]);
    this.#updateState();
  }

  #onTick() {
    const now = clockMs();
    const open = this.#session.connection.phase === 'open';
    const unexplained = open && this.#withheld.open(this.#pipeline.missedBeforeKeyframes)
      && now - this.#session.askedAt >= ASK_WITHHELD_MS;
    if (unexplained || this.#freshness.doubtful || silenceToExplain(this.#session, now, this.#limitMs)) this.#askAge();
    const stuck = this.#pipeline.needsKeyframe ? stuckSince(this.#session, now, this.#limitMs) : null;
    if (this.#rejoining.due(stuck, now)) this.#connection.rejoin();
    this.#updateState();
    if (now - this.#reportedAt >= STATISTICS_MS - TICK_MS / 2) this.#report();
  }

  #report() {
    const now = clockMs();
    this.#reportedAt = now;
    const { decoded, painted, delivered, late, error, gap, superseded, suspended: unwanted } = this.#pipeline.counts;
    const { codec } = this.#pipeline;
    this.#emit('statistics', {
      ...this.#numbers,
      framesDecoded: decoded,
      framesPainted: painted + delivered,
      framesMissed: this.#withheld.lost(this.#pipeline.missed, this.#pipeline.missedBeforeKeyframes),
      framesDropped: { late, error, gap, superseded, suspended: unwanted },
      fps: this.#frameRate.perSecond(now),
      bitsPerSecond: this.#byteRate.perSecond(now) * 8,
      codec: codec === null ? '' : codecName(codec),
      decoder: this.#pipeline.decoderKind,
      bFrames: this.#pipeline.reorderedFrames > 0,
      reorderDelayMs: this.#pipeline.reorderedFrames * (this.#interval.milliseconds ?? 0),
    });
  }

  /** An older picture is too old. */
  get #limitMs() {
    return this.#alarm.limitMs(this.#interval.milliseconds);
  }

  #updateState() {
    const next = this.#currentState();
    const last = this.#state;
    if (Object.keys(next).every((key) => next[key] === last[key])) return;
    this.#state = next;
    this.#emit('state', next);
  }

  /** @returns {ClientState} */
  #currentState() {
    const session = this.#session;
    const now = clockMs();
    const limitMs = this.#limitMs;
    const ageMs = pictureAgeMs(session, now);
    let pictureOld = false;
    if (ageMs !== null) {
      // Nobody expects anything new while it is suspended: that is no alarm, and none that has just ended.
      const expected = !suspended(session) && !resuming(session, now);
      pictureOld = expected ? this.#alarm.check(now, ageMs, limitMs) : ageMs > limitMs;
    }
    return stateOf(factsOf(session, { now, limitMs, pictureOld, losses: this.#losses }));
  }
}
