/** The WebSocket, and what is asked of the server besides. */

import { Backoff } from './flow.js';
import { clockMs } from './freshness.js';
import { Negotiation } from './negotiation.js';
import { UNREACHABLE, blockedBy, causeOfAnswer, causeOfThrow, mixed } from './problems.js';
import { SDR2 } from './sdr2.js';

const OPEN_TIMEOUT_MS = 8000;
const PROBE_TIMEOUT_MS = 2000;
/** On a link that swallows everything: first short attempts, so that one begun in vain does not outlast the outage. */
const SHORT_OPEN_TIMEOUT_MS = 4000;
/** As many of them: Chromium makes a page's WebSockets wait for seconds once more than that have failed. */
const SHORT_ATTEMPTS = 14;
/** A request that is answered while a handshake is not tells that the handshake never will be. */
const HANDSHAKE_LAG_MS = 500;
/** A server that speaks sdr.2 is asked the time every two seconds. */
const UNHEARD_MS = 3000;
const UNANSWERED_MEAN_DEAD = 2;
/** In the first minute after an outage requests may still hang in the browser's connections of then. */
const UNANSWERED_MEAN_DEAD_AFTER_OUTAGE = 4;
const AFTER_OUTAGE_MS = 60000;
const ORIGIN_RETRY_MS = 30000;
const MAX_RETRY_AFTER_MS = 60000;
/** The path of a stream that has a name. */
const NAMED_STREAM = /\/streams\/([^/]+)\/ws$/;
const CLOSE_GOING_AWAY = 1001;
const CLOSE_NO_KEYFRAME = 4408;

/**
 * @typedef {object} ConnectionState
 * @property {'idle' | 'connecting' | 'open' | 'retrying' | 'refused' | 'failed' | 'stopped'} phase
 * @property {string} reason  for programs
 * @property {Why} why
 * @property {string} message  for people
 * @property {number | null} httpStatus  of the answer that explains a refusal
 * @property {number | null} retryAt  when the next attempt is made; null: not by itself
 */

/** Aborts what takes longer. @param {number} limitMs @returns {AbortSignal} */
function within(limitMs) {
  if (typeof AbortSignal.timeout === 'function') return AbortSignal.timeout(limitMs);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), limitMs);
  return controller.signal;
}

/**
 * Keeps one WebSocket open: reconnects, explains refusals, and notices a link that went away without a word.
 *
 * Browsers make a page wait for its WebSocket, by seconds, when many have failed before. So while nobody listens at the
 * server's address it is not WebSockets that are tried, but requests, unless none ever came through. While nobody answers
 * at all it is the other way round: a browser has six connections for requests to a host, those that hang stay for
 * minutes after the request was given up, and later ones wait for them. A WebSocket has a connection of its own.
 */
export class Connection {
  #streamUrl;
  #healthUrl;
  /** Of the stream, if the address has one. */
  #name;
  #token;
  #hooks;
  #retryFirstMs;
  #backoff;
  #negotiation = new Negotiation();
  #socket = null;
  #opened = false;
  #triedAt = 0;
  #attempt = 0;
  #timer = null;
  #heardAt = 0;
  #healthAnswers = false;
  #healthBlocked = false;
  #unanswered = 0;
  // Nobody answers, and nobody refuses either.
  #swallowed = false;
  #swallowedAttempts = 0;
  #outageEndedAt = -Infinity;
  #onViolation = (event) => this.#violated(event);

  /** @param {object} hooks  changed(ConnectionState), message(ArrayBuffer, arrivedAt) */
  constructor(options, hooks) {
    this.#streamUrl = new URL(options.url);
    this.#name = NAMED_STREAM.exec(this.#streamUrl.pathname)?.[1] ?? null;
    this.#healthUrl = new URL(this.#name === null ? '../health' : '../../health', this.#streamUrl);
    for (const url of [this.#streamUrl, this.#healthUrl]) url.protocol = url.protocol.replace(/^ws/, 'http');
    this.#token = options.token ?? '';
    this.#hooks = hooks;
    this.#retryFirstMs = options.retryFirstMs;
    this.#backoff = new Backoff(options.retryFirstMs, options.retryLimitMs);
  }

  /** Does nothing while connected, or about to be. */
  start() {
    if (this.#socket === null) this.#begin();
  }

  /** Now rather than when the time has come. Does nothing while connected. */
  retryNow() {
    if (this.#socket === null || (!this.#opened && clockMs() - this.#triedAt > this.#retryFirstMs)) this.#begin();
  }

  /** Leaves and comes again, as a newcomer gets a keyframe. Nothing is said of it unless it does not succeed at once. */
  rejoin() {
    if (this.#opened) this.#open({ reason: 'lost', why: 'lost', message: 'The connection was lost.' }, true);
  }

  /** As the server selected it; '' while there is no connection, or for one that speaks the old protocol. */
  get protocol() {
    return this.#opened ? this.#socket.protocol : '';
  }

  /** When something came last. */
  get heardAt() {
    return this.#heardAt;
  }

  /** Does nothing while not connected. @param {ArrayBuffer} buffer */
  send(buffer) {
    if (this.#opened && this.#socket.readyState === WebSocket.OPEN) this.#socket.send(buffer);
  }

  setToken(token) {
    this.#token = token;
    if (!this.#opened) this.#begin();
  }

  stop() {
    this.#abandon();
    violations()?.removeEventListener?.('securitypolicyviolation', this.#onViolation);
    this.#change('stopped', { reason: 'stopped', why: 'stopped', message: 'Stopped.' });
  }

  /**
   * Asks the server. That it does not answer on an open connection, again and again, ends the connection.
   * @returns {Promise<{ answered: boolean | null, health: object | null }>} whether it answers, null when that cannot be
   *     told; what it says of itself, null where that cannot be read
   */
  async health() {
    const socket = this.#socket;
    const askedAt = clockMs();
    const readable = this.#healthUrl.origin === globalThis.location?.origin;
    try {
      const answer = await this.#askHealth(readable ? 'same-origin' : 'no-cors', PROBE_TIMEOUT_MS);
      this.#healthAnswers = present(answer);
      this.#unanswered = 0;
      return { answered: this.#healthAnswers, health: readable && answer.ok ? this.#own(await answer.json()) : null };
    } catch {
      const unheard = this.protocol === SDR2 && clockMs() - this.#heardAt >= UNHEARD_MS;
      if ((!this.#healthAnswers || this.#healthBlocked) && !unheard) return { answered: null, health: null };
      const recent = clockMs() - this.#outageEndedAt < AFTER_OUTAGE_MS;
      if (socket === this.#socket && this.#opened && this.#heardAt < askedAt) this.#notAnswered(recent);
      return { answered: recent ? null : false, health: null };
    }
  }

  /** What is said without a name is of the first stream. */
  #own(health) {
    if (this.#name === null) return health;
    return { ...health, ...health.streams?.find((stream) => stream.name === this.#name) };
  }

  #notAnswered(recent) {
    if (++this.#unanswered < (recent ? UNANSWERED_MEAN_DEAD_AFTER_OUTAGE : UNANSWERED_MEAN_DEAD)) return;
    this.#abandon();
    this.#swallow();
    this.#retryIn(this.#retryFirstMs, 'retrying', UNREACHABLE, null);
  }

  #askHealth(mode, limitMs) {
    return fetch(this.#healthUrl, { mode, cache: 'no-store', signal: within(limitMs) });
  }

  #address(protocol) {
    const url = new URL(this.#streamUrl);
    if (protocol === 'ws') url.protocol = url.protocol.replace(/^http/, 'ws');
    if (this.#token !== '') url.searchParams.set('token', this.#token);
    return url;
  }

  #change(phase, { reason, why, message }, more = {}) {
    this.#hooks.changed({ phase, reason, why, message, httpStatus: null, retryAt: null, ...more });
  }

  #begin() {
    violations()?.addEventListener?.('securitypolicyviolation', this.#onViolation);
    this.#backoff.reset();
    this.#open({ reason: 'connecting', why: 'connecting', message: 'Connecting to the robot.' });
  }

  /** @param {Cause} cause  of this attempt @param {boolean} quietly  what is said of the connection stays as it is */
  #open(cause, quietly = false) {
    this.#abandon();
    let socket;
    try {
      socket = new WebSocket(this.#address('ws'), this.#negotiation.offered);
    } catch (error) {
      this.#fail(causeOfThrow(error.name, this.#address('ws').origin, globalThis.location?.protocol));
      return;
    }
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#triedAt = clockMs();
    if (!quietly) this.#change('connecting', cause);
    const short = this.#swallowed && this.#swallowedAttempts < SHORT_ATTEMPTS;
    this.#timer = setTimeout(() => this.#timedOut(), short ? SHORT_OPEN_TIMEOUT_MS : OPEN_TIMEOUT_MS);
    if (this.#swallowed) this.#askBesides(socket, cause);
    socket.onopen = () => {
      if (socket === this.#socket) this.#onOpened();
    };
    socket.onmessage = (event) => {
      if (socket !== this.#socket) return;
      const now = clockMs();
      this.#heardAt = now;
      this.#unanswered = 0;
      // Only a connection that brings something ends a row of failures.
      this.#backoff.reset();
      if (event.data instanceof ArrayBuffer) this.#hooks.message(event.data, now);
    };
    socket.onclose = (event) => {
      if (socket !== this.#socket) return;
      const opened = this.#opened;
      this.#abandon();
      if (opened) this.#lost(event);
      else this.#explain();
    };
  }

  #onOpened() {
    clearTimeout(this.#timer);
    this.#opened = true;
    this.#heardAt = clockMs();
    this.#negotiation.opened(this.#socket.protocol);
    if (this.#swallowed) this.#outageEndedAt = clockMs();
    this.#swallowed = false;
    this.#swallowedAttempts = 0;
    this.#change('open', { reason: 'open', why: 'joining', message: 'Connected.' });
  }

  #abandon() {
    clearTimeout(this.#timer);
    this.#attempt++;
    const socket = this.#socket;
    this.#socket = null;
    this.#opened = false;
    this.#unanswered = 0;
    if (socket !== null && socket.readyState <= WebSocket.OPEN) socket.close();
  }

  #swallow() {
    if (!this.#swallowed) this.#swallowedAttempts = 0;
    this.#swallowed = true;
  }

  #timedOut() {
    this.#abandon();
    this.#swallowedAttempts++;
    // The attempt was waiting enough.
    if (this.#swallowed) this.#retryIn(this.#retryFirstMs, 'retrying', UNREACHABLE, null);
    else this.#explain();
  }

  /** The link may be back, and the attempt that is under way still hang in what was before. */
  async #askBesides(socket, cause) {
    const answered = await this.#askHealth('no-cors', SHORT_OPEN_TIMEOUT_MS).then(present, () => false);
    if (!answered || socket !== this.#socket || this.#opened) return;
    this.#timer = replaced(this.#timer, HANDSHAKE_LAG_MS, () => {
      this.#swallowed = false;
      this.#outageEndedAt = clockMs();
      this.#open(cause);
    });
  }

  #lost(event) {
    if (event.code === CLOSE_NO_KEYFRAME) {
      this.#retry({
        reason: 'no-keyframe', why: 'no-keyframe', message: 'The encoder sends no keyframe, so no picture can be built.',
      });
    } else if (event.code === CLOSE_GOING_AWAY) {
      this.#retry({ reason: 'server-stopped', why: 'server-stopping', message: 'The server has stopped or is restarting.' });
    } else {
      const code = event.code === 1006 ? '' : ` (code ${event.code})`;
      this.#retry({ reason: 'lost', why: 'lost', message: `The connection was lost${code}.` });
    }
  }

  /** The browser does not say why a WebSocket was refused; a plain GET of the same path does. */
  async #explain() {
    const attempt = this.#attempt;
    let answer = null;
    let body = '';
    let silent = false;
    try {
      // With the origin as referrer: to its own server a browser says no Origin, which would leave a wrong one unexplained.
      answer = await fetch(this.#address('http'),
        { cache: 'no-store', referrerPolicy: 'origin', signal: within(PROBE_TIMEOUT_MS) });
      body = (await answer.text()).slice(0, 1000);
    } catch (error) {
      // No answer, or one that a foreign page may not read.
      silent = timedOut(error);
    }
    const foreign = this.#streamUrl.origin !== globalThis.location?.origin;
    // Where nobody is, nobody has refused what was offered.
    const unreadable = answer === null && !silent && foreign
      && (this.#healthBlocked || await this.#askHealth('no-cors', PROBE_TIMEOUT_MS).then(present, () => false));
    if (attempt !== this.#attempt) return;
    const otherwise = (answer !== null || unreadable) && this.#negotiation.failed(answer?.status ?? null, foreign);
    if (answer === null) {
      if (silent) this.#swallow();
      this.#retry(UNREACHABLE);
      return;
    }
    this.#swallowed = false;
    if (otherwise) {
      this.#open(UNREACHABLE, true);
      return;
    }
    const { status } = answer;
    const cause = causeOfAnswer({ status, body, origin: globalThis.location?.origin ?? 'unknown', token: this.#token !== '' });
    if (cause.why === 'bad-address') this.#fail(cause);
    else if (!cause.refused) this.#retry(cause, status);
    else if (status === 401) this.#change('refused', cause, { httpStatus: status });
    else this.#retryIn(status === 503 ? retryAfterMs(answer) : ORIGIN_RETRY_MS, 'refused', cause, status);
  }

  #retry(cause, httpStatus = null) {
    this.#retryIn(this.#backoff.next(), 'retrying', cause, httpStatus);
  }

  async #reopen(cause) {
    const attempt = this.#attempt;
    if (!this.#healthAnswers || this.#swallowed) {
      this.#open(cause);
      return;
    }
    let silent = false;
    const reachable = await this.#askHealth('no-cors', PROBE_TIMEOUT_MS).then(present, (error) => {
      silent = timedOut(error);
      return false;
    });
    if (attempt !== this.#attempt) return;
    if (silent) this.#swallow();
    if (silent) this.#open(UNREACHABLE);
    else if (reachable) this.#open(cause);
    else this.#retry(UNREACHABLE);
  }

  #retryIn(delayMs, phase, cause, httpStatus) {
    this.#timer = replaced(this.#timer, delayMs, () => this.#reopen(cause));
    this.#change(phase, cause, { httpStatus, retryAt: clockMs() + delayMs });
  }

  /** Nothing that may be tried again would help. @param {Cause} cause */
  #fail(cause) {
    this.#abandon();
    this.#change('failed', cause);
  }

  #violated(event) {
    const blocked = blockedBy(event, { stream: this.#streamUrl, health: this.#healthUrl });
    if (blocked === 'health') this.#healthBlocked = true;
    if (blocked !== 'stream' || this.#opened) return;
    if (mixed(globalThis.location?.protocol, this.#streamUrl)) {
      this.#fail(causeOfThrow('SecurityError', this.#address('ws').origin, 'https:'));
      return;
    }
    this.#fail({
      reason: 'csp',
      why: 'blocked-by-csp',
      message: `This page's own Content-Security-Policy does not allow to connect to ${this.#address('ws').origin} (connect-src).`,
    });
  }
}

/** Where the page, or the worker, tells of what its Content-Security-Policy blocked. */
const violations = () => globalThis.document ?? (typeof WorkerGlobalScope === 'undefined' ? null : globalThis);

/** `AbortSignal.timeout` gives TimeoutError, an AbortController of one's own AbortError. */
const timedOut = (error) => error.name === 'TimeoutError' || error.name === 'AbortError';

function replaced(timer, delayMs, action) {
  clearTimeout(timer);
  return setTimeout(action, delayMs);
}

/** Whether the server is there: what a page from elsewhere gets cannot be read, and a proxy answers for one that is not. */
function present(answer) {
  return answer.type === 'opaque' || answer.ok;
}

function retryAfterMs(answer) {
  const seconds = Number(answer.headers.get('Retry-After'));
  const wantedMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 5000;
  return Math.min(wantedMs, MAX_RETRY_AFTER_MS) * (1 + 0.2 * Math.random());
}
