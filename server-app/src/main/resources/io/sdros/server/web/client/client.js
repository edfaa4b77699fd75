/** What a page uses: one object per picture. */

import { clockMs } from './freshness.js';
import {
  Watchdog, claimCanvas, giveBack, inWorker, loadFallback, onPage, releaseCanvas, workerFor, workerPossible,
} from './placement.js';
import { clientAddress } from './player-address.js';
import { IDLE } from './state.js';

/** Semantic version of this module's API. */
export const VERSION = '0.1.0';

const DEFAULTS = Object.freeze({
  staleAfterMs: 500, retryFirstMs: 250, retryLimitMs: 1000, worker: true, pauseWhenHidden: true, telemetry: 'each',
  lowDelaySps: true,
});

const SILENT_WORKER = 'The part of the page that shows the video does not respond.';

/**
 * @typedef {object} ClientOptions
 * @property {HTMLCanvasElement} [canvas]  where to paint; it gets the size of the video, CSS scales it. Without it each
 *     'frame' event carries `picture` (VideoFrame or ImageBitmap), which its receiver has to close.
 * @property {string | URL} [url]  of the stream, ws(s) or http(s); default: stream/ws beside the folder of this
 *     module, which is where a server has it
 * @property {string} [token]  the server's access token
 * @property {number} [staleAfterMs]  age from which the picture is called stale, or three frame intervals if that is more; 500
 * @property {number} [retryFirstMs]  first waiting time before reconnecting; 250
 * @property {number} [retryLimitMs]  longest one; 1000
 * @property {boolean} [worker]  false: keep everything on the page's thread
 * @property {boolean} [pauseWhenHidden]  false: go on decoding in a hidden page
 * @property {'each' | 'gathered'} [telemetry]  'each' message is an event; or 'gathered': the newest of each subject, at
 *     most ten times a second, which costs the page little however much comes
 * @property {boolean} [lowDelaySps]  false: decoders are not told where pictures of H.264 come in order though the stream does
 *     not say so, and may hold some back
 * @property {number} [maxFps]  so many pictures a second at most, 0.1 to 1000, as far as the stream allows it (docs/protocol.md);
 *     without it all there are, or as `url` has it
 */

/**
 * Events (CustomEvent, see `detail`): 'state' {@link ClientState}; 'statistics' {@link Statistics}, four times a
 * second; 'frame' { frameSeq, frameId, codec, keyframe, width, height, arrivedAt, writtenBy, decodedAt, shownAt, capturedAt,
 * committedAt, serverAt, clockErrorMs, picture? }; 'telemetry' {@link Telemetry}, or with `telemetry: 'gathered'`
 * 'telemetryvalues' {@link TelemetryValues}; 'server': what the server says of itself and of the stream when that changes, as
 * it sent it (sdr.2); 'error' { why, message } when the state becomes 'failed', and when something breaks that it need not
 * follow from.
 *
 * `writtenBy`: from servers that speak sdr.2, when the picture was taken, or, where the producer does not say, committed;
 * else a time after which the frame was not written: when it arrived, or earlier when the server was the one that kept it.
 * Null while that is not known. `capturedAt`, `committedAt` and `serverAt` (when the server had it) may be wrong by
 * `clockErrorMs`; all are null where the server does not say.
 */
export class SdrClient extends EventTarget {
  #options;
  #canvas;
  #state = IDLE;
  // What the worker said last, while the watchdog says otherwise.
  #workerState = null;
  #statistics = null;
  #server = null;
  /** Of the connection that stands, or stood last. */
  #clock = { connection: 0, offsetMs: null, errorMs: null };
  #writtenBy = null;
  #receiver = null;
  #calls = [];
  #started = false;
  #closed = false;
  #placement = '';
  #watchdog = null;
  #unclaimed = null;
  // Counts how often the page was hidden. What the worker showed before it heard of the latest may be told after it.
  #viewing = 0;
  #inView = true;
  #areaPx = 0;
  #onVisibility = () => this.#visibilityChanged();
  #onOnline = () => this.#call('retryIfLost');

  /** @param {ClientOptions} [options] */
  constructor(options = {}) {
    super();
    const { canvas = null, ...rest } = options;
    this.#canvas = canvas;
    this.#options = { ...DEFAULTS, ...rest };
    this.#options.url = clientAddress(options, globalThis.document?.baseURI, import.meta.url);
  }

  /** @returns {ClientState} */
  get state() {
    return this.#state;
  }

  /** The latest statistics; null before the first. @returns {Statistics | null} */
  get statistics() {
    return this.#statistics;
  }

  /** What the server said last of itself and of the stream; null from one that does not speak sdr.2, or not yet. */
  get server() {
    return this.#server;
  }

  /**
   * How old the shown picture is, in milliseconds; null before the first. Since it was taken, or committed, where the
   * server says when that was; else since it came from the network, or since the server had it if it kept it for long: then
   * it is at least that old.
   */
  get pictureAgeMs() {
    return this.#writtenBy === null ? null : Math.max(0, clockMs() - this.#writtenBy);
  }

  /** Where the work is done: 'worker', 'page', or '' before it is decided. */
  get placement() {
    return this.#placement;
  }

  /** Connects and stays connected until {@link stop}. Does nothing while it does so already. */
  start() {
    if (this.#closed) throw new Error('this client was closed');
    if (!this.#started) {
      this.#started = true;
      document.addEventListener('visibilitychange', this.#onVisibility);
      addEventListener('online', this.#onOnline);
      this.#boot();
      this.#visibilityChanged();
    }
    this.#call('start');
  }

  /** Disconnects; the last picture stays. {@link start} connects again. */
  stop() {
    this.#call('stop');
  }

  /** Freezes the picture; the connection and telemetry go on, and a server that speaks sdr.2 sends no video meanwhile. */
  pause() {
    this.#call('setPaused', true);
  }

  /** Goes on with the live picture, not where {@link pause} left off. */
  resume() {
    this.#call('setPaused', false);
  }

  /** While people cannot see it all is as in a page that is hidden. @param {boolean} inView @param {number} areaPx  of the canvas */
  setInView(inView, areaPx = 0) {
    if (inView === this.#inView && areaPx === this.#areaPx) return;
    this.#areaPx = areaPx;
    this.#inView = inView;
    if (this.#started) this.#visibilityChanged();
  }

  /** Tries again now: after a refusal, or instead of waiting for the next attempt. */
  retry() {
    this.#call('retry');
  }

  /** Uses another access token, at once when not connected. @param {string} token */
  setToken(token) {
    this.#options.token = token;
    this.#call('setToken', token);
  }

  /** Ends everything for good. The canvas may be given to a new client within 3 s; after that its worker is gone. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    document.removeEventListener('visibilitychange', this.#onVisibility);
    removeEventListener('online', this.#onOnline);
    this.#watchdog?.stop();
    this.#receiver?.close();
    releaseCanvas(this.#canvas, this);
    this.#dropUnclaimed();
    this.#enter({ ...IDLE, state: 'stopped', reason: 'closed', why: 'closed', message: 'Closed.', pictureOld: this.#state.pictureOld });
  }

  #call(method, ...details) {
    if (this.#closed) return;
    if (this.#receiver === null) this.#calls.push([method, details]);
    else this.#receiver.call(method, details);
  }

  async #boot() {
    const emit = (type, detail) => this.#received(type, detail);
    try {
      if (this.#canvas !== null) claimCanvas(this.#canvas, this);
      const worker = this.#options.worker && workerPossible(this.#canvas) ? await workerFor(this.#canvas) : null;
      const fallback = worker === null ? await loadFallback() : null;
      if (this.#closed) {
        if (worker !== null) giveBack(worker, this.#canvas);
        return;
      }
      this.#placement = worker === null ? 'page' : 'worker';
      this.#receiver = worker === null ? onPage(this.#options, this.#canvas, fallback, emit)
        : inWorker(worker, this.#options, this.#canvas, emit, (message) => this.#workerBroke(message));
      if (worker !== null) this.#watch();
    } catch (error) {
      this.#fail('canvas-in-use', `The canvas cannot be used: ${error.message}.`);
      return;
    }
    for (const [method, details] of this.#calls.splice(0)) this.#receiver.call(method, details);
  }

  #watch() {
    this.#watchdog = new Watchdog({ quiet: () => this.#workerQuiet(), silent: () => this.#workerSilent() });
    this.#watchdog.start();
  }

  /** Whoever shows pictures says so: nothing has been shown meanwhile. */
  #workerQuiet() {
    if (this.#state.state !== 'live') return;
    this.#enter({ ...this.#state, state: 'stale', reason: 'stale', why: 'unexplained', message: SILENT_WORKER, pictureOld: true });
  }

  #workerSilent() {
    this.#receiver.giveUp();
    const { broken } = this.#watchdog;
    if (broken === null) this.#fail('worker-hung', SILENT_WORKER);
    else this.#fail('worker-failed', `The part of the page that shows the video has failed: ${broken}`);
  }

  #workerBroke(message) {
    if (this.#watchdog !== null) this.#watchdog.broken = message;
    this.#dispatch('error', { why: 'worker-failed', message });
  }

  #fail(why, message) {
    this.#enter({ ...IDLE, state: 'failed', reason: why, why, message, pictureOld: this.#writtenBy !== null });
  }

  #enter(state) {
    const entered = state.state === 'failed' && this.#state.why !== state.why;
    this.#state = Object.freeze(state);
    this.#dispatch('state', this.#state);
    if (entered) this.#dispatch('error', { why: state.why, message: state.message });
  }

  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #received(type, detail) {
    if (this.#closed) {
      detail.picture?.close();
      return;
    }
    const before = this.#workerState ?? IDLE;
    if (this.#watchdog?.heard() && this.#state !== before) this.#enter(before);
    switch (type) {
      case 'alive':
        break;
      case 'age':
        this.#writtenBy = detail.writtenBy;
        break;
      case 'state':
        this.#workerState = detail;
        this.#enter(detail);
        break;
      case 'statistics':
        this.#statistics = Object.freeze(detail);
        this.#dispatch('statistics', this.#statistics);
        break;
      case 'clock':
        this.#clockTold(detail);
        break;
      case 'server':
        this.#server = Object.freeze(detail);
        this.#dispatch('server', this.#server);
        break;
      case 'telemetry':
        this.#dispatch('telemetry', new Telemetry(detail, this.#clock));
        break;
      case 'gathered':
        this.#dispatch('telemetryvalues', telemetryValues(detail, this.#clock));
        break;
      case 'frame':
        this.#showed(detail);
        break;
      default:
        this.#dispatch(type, detail);
    }
  }

  #clockTold(told) {
    // What came on the connection before keeps what was known then.
    if (told.connection === this.#clock.connection) {
      Object.assign(this.#clock, told);
    } else {
      this.#clock = told;
      this.#server = null;
    }
  }

  #showed({ viewing, picture, ...frame }) {
    this.#writtenBy = frame.writtenBy ?? frame.arrivedAt;
    if (this.#canvas !== null && viewing === this.#viewing) this.#canvas.style.visibility = '';
    if (picture !== undefined) {
      this.#receiver?.call('pictureReceived', []);
      this.#dropUnclaimed();
      this.#unclaimed = picture;
      // Whoever looks at it has to close it; what nobody looks at before the next one comes is closed here.
      const claim = () => {
        if (this.#unclaimed === picture) this.#unclaimed = null;
        return picture;
      };
      Object.defineProperty(frame, 'picture', { get: claim, enumerable: true });
    }
    this.#dispatch('frame', frame);
  }

  #dropUnclaimed() {
    this.#unclaimed?.close();
    this.#unclaimed = null;
  }

  #visibilityChanged() {
    if (!this.#options.pauseWhenHidden || this.#closed) return;
    const hidden = document.visibilityState === 'hidden' || !this.#inView;
    if (hidden) this.#viewing++;
    // Whoever comes back must not see the picture of then for a moment and take it for now.
    if (hidden && this.#canvas !== null && this.#state.reason !== 'user') this.#canvas.style.visibility = 'hidden';
    this.#call('setHidden', hidden, this.#viewing, this.#areaPx);
  }
}

/** One telemetry message. The payload is opaque; the methods are for the usual kinds. */
export class Telemetry {
  #clock;
  #serverMs;

  /** @param {{ offsetMs: number | null }} clock  of its connection; becomes known, and better, later */
  constructor({ subject, payload, arrivedAt, replayed = false, serverMs = null }, clock = { offsetMs: null }) {
    this.#clock = clock;
    this.#serverMs = serverMs;
    /** @type {string} */
    this.subject = subject;
    /** @type {Uint8Array} */
    this.payload = payload;
    /** @type {number} */
    this.arrivedAt = arrivedAt;
    /** From before this client came: the last one of its subject. From servers that speak sdr.2. @type {boolean} */
    this.replayed = replayed;
  }

  /** When the server had it; null where it does not say, or while its clock is not known. @returns {number | null} */
  get receivedAt() {
    const { offsetMs } = this.#clock;
    return this.#serverMs === null || offsetMs === null ? null : Math.min(this.arrivedAt, this.#serverMs - offsetMs);
  }

  /** @returns {string | null} null when the payload is not UTF-8 */
  text() {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(this.payload);
    } catch {
      return null;
    }
  }

  /** @returns {unknown} undefined when the payload is not JSON */
  json() {
    try {
      return JSON.parse(this.text() ?? '');
    } catch {
      return undefined;
    }
  }
}

/** The newest message of a subject, and how many came with it. Its payload is at most 64 KiB of a longer one. */
export class TelemetryValue extends Telemetry {
  constructor({ count, kept, lengthBytes, ...message }, clock) {
    super({ ...message, replayed: kept }, clock);
    /** Messages since the last time, without those that were kept for newcomers. @type {number} */
    this.count = count;
    /** It is from before this connection, or may be. @type {boolean} */
    this.kept = kept;
    /** Of the whole payload. @type {number} */
    this.lengthBytes = lengthBytes;
  }
}

/** @typedef {{ values: TelemetryValue[], others: number }} TelemetryValues  others: messages of subjects beyond 1000 */

/**
 * Each value with a copy of its bytes: a view would keep alive all that came at that time.
 * @param {import('./telemetry-batch.js').Gathered} gathered
 * @param {object} clock
 * @returns {TelemetryValues}
 */
function telemetryValues({ values, bytes, others }, clock) {
  let at = 0;
  return {
    values: values.map(({ sentBytes, ...value }) => new TelemetryValue(
      { ...value, payload: bytes.slice(at, at += sentBytes) }, clock)),
    others,
  };
}
