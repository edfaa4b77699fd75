/** Connection and pipeline together, in the worker or on the page: what comes is shown, and what is known is told. */

import { Connection } from './connection.js';
import { DecodeShare } from './decode-budget.js';
import { committedBy, delaysOf, wayOf } from './delays.js';
import { Dialogue, sourceOf } from './dialogue.js';
import { handOver, sizeOf } from './display.js';
import { Figures } from './figures.js';
import { Rejoining, Withheld } from './flow.js';
import { FrameInterval, Freshness, StaleAlarm, clockMs } from './freshness.js';
import { Pipeline } from './pipeline.js';
import { MAX_FPS } from './player-address.js';
import { conditionNames } from './problems.js';
import { parseMessage } from './protocol.js';
import {
  INITIAL, doingOf, factsOf, pictureAgeMs, reduce, resuming, showing, silenceToExplain, stuckSince, suspended,
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
/** While no video is to come, not even an answer about the clock for so long is no good sign. */
const QUIET_MS = 5000;
const NANOS_PER_MS = 1e6;

export class Receiver {
  #emit;
  #connection;
  #dialogue;
  #pipeline;
  #session = INITIAL;
  #state = IDLE;
  #freshness;
  #interval = new FrameInterval();
  #alarm;
  /** Fewer frames were asked for than there are. */
  #reduced;
  #undelivered = 0;
  #viewing = 0;
  #tick = null;
  #reportedAt = 0;
  #asking = false;
  // Null: each message is told by itself.
  #gathering = null;
  #withheld = new Withheld();
  #rejoining = new Rejoining();
  #figures = new Figures();
  #share;
  /** Of the picture shown. @type {{ times: FrameTimesMessage | null, arrivedAt: number } | null} */
  #origin = null;

  /**
   * @param {object} options  of the client, all of them
   * @param {HTMLCanvasElement | OffscreenCanvas | null} canvas  null: pictures go out with 'frame'
   * @param {(new (hooks: DecoderHooks) => object) | null} fallback  decodes H.264 where there is no WebCodecs
   * @param {(type: string, detail: object, transfer?: Transferable[]) => void} emit
   * @param {DecodeBudget} budget  of all receivers of the page
   */
  constructor(options, canvas, fallback, emit, budget) {
    this.#emit = emit;
    this.#reduced = new URL(options.url).searchParams.has(MAX_FPS);
    this.#share = new DecodeShare(budget);
    this.#freshness = new Freshness(options.staleAfterMs);
    this.#alarm = new StaleAlarm(options.staleAfterMs);
    if (options.telemetry === 'gathered') {
      this.#gathering = new TelemetryGathering((gathered) => this.#emit('gathered', gathered, [gathered.bytes.buffer]), clockMs);
    }
    this.#connection = new Connection(options, {
      changed: (connection) => this.#connectionChanged(connection),
      message: (buffer, arrivedAt) => this.#message(buffer, arrivedAt),
    });
    this.#dialogue = new Dialogue({
      send: (buffer) => this.#connection.send(buffer),
      clockKnown: () => this.#clockKnown(),
      stated: (state) => this.#stated(state),
    });
    this.#pipeline = new Pipeline(canvas, {
      painted: (unit, width, height) => this.#shown(unit, width, height),
      picture: (picture, unit) => this.#deliver(picture, unit),
      problem: (problem) => {
        this.#happened({ type: 'problem', problem });
        this.#updateState();
      },
      described: (description) => this.#figures.described(description.codecString),
    }, fallback, this.#reduced, options.lowDelaySps);
  }

  start() {
    this.#keepTime();
    this.#connection.start();
  }

  stop() {
    clearInterval(this.#tick);
    this.#tick = null;
    this.#share.leave();
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
  setHidden(hidden, viewing, areaPx = 0) {
    this.#viewing = viewing;
    this.#share.areaPx = areaPx;
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
      // An encoder that sends keyframes on request only sends none otherwise. Where video stopped nothing has come yet.
      if (!this.#pipeline.resume() && this.#session.arrivedAt !== null) this.#connection.rejoin();
    }
    this.#speak();
    this.#updateState();
  }

  #connectionChanged(connection) {
    const open = connection.phase === 'open';
    const at = clockMs();
    if (open) {
      this.#figures.connected();
      this.#dialogue.opened(this.#connection.protocol, this.#counts, at);
      this.#pipeline.restart(!this.#dialogue.active);
      // What was gathered before goes by the clock of then.
      this.#gathering?.stop();
      this.#emit('clock', { connection: this.#figures.connects, offsetMs: null, errorMs: null });
      this.#withheld.connected(this.#pipeline.missedBeforeKeyframes);
      this.#freshness.connected(at);
      this.#interval.reset();
      this.#gathering?.connected();
    } else {
      this.#dialogue.closed();
    }
    this.#happened({ type: 'connection', at, connection, losses: this.#losses, videoStops: this.#dialogue.active });
    if (open) {
      this.#askAge();
      this.#speak();
    }
    this.#updateState();
  }

  async #askAge() {
    if (this.#asking) return;
    this.#asking = true;
    const askedAt = clockMs();
    this.#happened({ type: 'asked', at: askedAt });
    const connection = this.#figures.connects;
    const { answered, health } = await this.#connection.health();
    this.#asking = false;
    if (this.#session.connection.phase !== 'open') return;
    if (connection !== this.#figures.connects) {
      this.#askAge();
      return;
    }
    const at = clockMs();
    const ageMs = health?.last_frame_age_ms;
    if (ageMs !== undefined) this.#freshness.answered(at, ageMs);
    const writtenBy = this.#shownWrittenBy;
    const newestAt = ageMs === undefined || ageMs === null ? ageMs : at - ageMs;
    this.#withheld.told(this.#pipeline.missedBeforeKeyframes, health?.frames_withheld);
    const conditions = conditionNames(health?.conditions);
    const requestAgeMs = health?.keyframe_request_age_ms ?? null;
    const keyframeAsked = requestAgeMs !== null && requestAgeMs < ASKED_RECENTLY_MS;
    this.#happened({ type: 'told', told: { askedAt, at, answered, newestAt, conditions, keyframeAsked }, writtenBy });
    if (this.#session.pictureIsOfNow) this.#emit('age', { writtenBy });
    this.#updateState();
  }

  /** The server's clock is known, or better than before. */
  #clockKnown() {
    const { offsetMs, errorMs } = this.#dialogue.clock(clockMs());
    this.#emit('clock', { connection: this.#figures.connects, offsetMs, errorMs });
    if (!this.#session.pictureIsOfNow) return;
    const writtenBy = this.#shownWrittenBy;
    this.#happened({ type: 'dated', writtenBy });
    this.#emit('age', { writtenBy });
    this.#updateState();
  }

  #stated(state) {
    this.#happened({ type: 'source', at: clockMs(), source: sourceOf(state) });
    this.#emit('server', state);
    this.#updateState();
  }

  /** @param {{ times: FrameTimesMessage | null, arrivedAt: number }} origin  of a picture of this connection */
  #writtenBy({ times, arrivedAt }) {
    const at = this.#dialogue.writtenAt(times, clockMs());
    return at === null ? this.#freshness.writtenBy(arrivedAt) : Math.min(at, arrivedAt);
  }

  get #shownWrittenBy() {
    return this.#session.pictureIsOfNow ? this.#writtenBy(this.#origin) : this.#session.writtenBy;
  }

  /** Tells the server what is due. */
  #speak() {
    const now = clockMs();
    const doing = doingOf(this.#session, {
      now, limitMs: this.#limitMs, needsKeyframe: this.#pipeline.needsKeyframe, losses: this.#losses,
    });
    this.#dialogue.speak(doing, () => ({ decodeQueue: this.#pipeline.inside, counts: this.#counts }), now);
  }

  /** @returns {Counts} */
  get #counts() {
    const { decoded, late, error, gap } = this.#pipeline.counts;
    return { received: this.#figures.framesReceived, decoded, dropped: late + error + gap };
  }

  #message(buffer, arrivedAt) {
    const message = parseMessage(buffer, this.#dialogue.active);
    switch (message.type) {
      case 'video':
        this.#video(message, arrivedAt);
        break;
      case 'telemetry':
        this.#telemetry(message, arrivedAt, buffer);
        break;
      case 'frame-times':
      case 'clock':
      case 'state':
        this.#dialogue.heard(message, arrivedAt);
        break;
      case 'malformed':
        this.#figures.malformed();
        break;
      default:
    }
  }

  #video(message, arrivedAt) {
    const { frameSeq, payload } = message;
    const { times, lateMs } = this.#dialogue.frame(frameSeq, arrivedAt);
    this.#figures.video(payload.length, arrivedAt);
    this.#freshness.arrived(arrivedAt);
    this.#interval.arrived(times === null ? arrivedAt : Number(committedBy(times)) / NANOS_PER_MS,
      // How old a picture may be goes by those that come, not by those that nobody asked for.
      this.#reduced ? BigInt(this.#figures.framesReceived) : frameSeq);
    this.#happened({ type: 'arrived', at: arrivedAt });
    this.#pipeline.accept(message, arrivedAt, times, lateMs);
    this.#speak();
  }

  #telemetry({ subject, payload, replayed, receivedNanos }, arrivedAt, buffer) {
    this.#figures.telemetry();
    const serverMs = receivedNanos === undefined ? null : Number(receivedNanos) / NANOS_PER_MS;
    if (this.#gathering !== null) this.#gathering.add({ subject, payload, replayed, serverMs }, arrivedAt);
    else this.#emit('telemetry', { subject, payload, arrivedAt, replayed: replayed === true, serverMs }, [buffer]);
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
    const { arrivedAt, decodedAt, times } = unit;
    const shownAt = clockMs();
    this.#origin = { times, arrivedAt };
    const writtenBy = this.#writtenBy(this.#origin);
    const way = wayOf(times, this.#dialogue.clock(shownAt));
    this.#happened({ type: 'shown', at: shownAt, arrivedAt, writtenBy, limitMs: this.#limitMs, losses: this.#losses });
    this.#figures.shown(unit, { width, height }, delaysOf(unit, way, shownAt), shownAt);
    this.#share.shown(shownAt - arrivedAt);
    this.#dialogue.displayed(frameSeq, shownAt, decodedAt - arrivedAt);
    this.#rejoining.helped();
    const detail = {
      frameSeq, frameId, codec, keyframe, width, height, arrivedAt, writtenBy, shownAt, ...way, decodedAt, viewing: this.#viewing,
    };
    if (picture === undefined) this.#emit('frame', detail);
    else this.#emit('frame', { ...detail, picture }, [picture]);
    this.#updateState();
  }

  #onTick() {
    const now = clockMs();
    const open = this.#session.connection.phase === 'open';
    this.#pipeline.reduced = this.#share.tell(now, showing(this.#session, now), this.#pipeline.decoderKind);
    const unexplained = open && this.#withheld.open(this.#pipeline.missedBeforeKeyframes)
      && now - this.#session.askedAt >= ASK_WITHHELD_MS;
    const doubtful = this.#freshness.doubtful && this.#dialogue.clock(now) === null;
    const quiet = this.#dialogue.active && now - Math.max(this.#connection.heardAt, this.#session.askedAt) > QUIET_MS;
    if (unexplained || doubtful || quiet || (!this.#pipeline.thins && silenceToExplain(this.#session, now, this.#limitMs))) this.#askAge();
    // A server that speaks sdr.2 is told, and sends what is needed.
    const stuck = this.#pipeline.needsKeyframe && !this.#dialogue.active ? stuckSince(this.#session, now, this.#limitMs) : null;
    if (this.#rejoining.due(stuck, now)) this.#connection.rejoin();
    this.#speak();
    this.#updateState();
    if (now - this.#reportedAt >= STATISTICS_MS - TICK_MS / 2) this.#report();
  }

  #report() {
    const now = clockMs();
    this.#reportedAt = now;
    this.#emit('statistics', this.#figures.statistics(now, this.#pipeline, {
      framesMissed: this.#withheld.lost(this.#pipeline.missed, this.#pipeline.missedBeforeKeyframes),
      intervalMs: this.#interval.milliseconds ?? 0,
      protocol: this.#connection.protocol,
      clock: this.#dialogue.clock(now),
    }));
  }

  /** An older picture is too old. */
  get #limitMs() {
    return this.#alarm.limitMs(this.#interval.milliseconds, this.#pipeline.thins);
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
    return stateOf(factsOf(session, { now, limitMs, pictureOld, reduced: this.#pipeline.thins, losses: this.#losses }));
  }
}
