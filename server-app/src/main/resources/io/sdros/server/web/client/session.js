/**
 * What is known while a stream is watched, as a value: each event makes a new one, nothing here changes anything else or
 * looks at a clock. The state that viewers are told follows from it (see stateOf).
 */

import { CONDITION_MESSAGES } from './problems.js';
import { Doing } from './sdr2.js';
import { GRACE_MS } from './state.js';

/** While nothing comes the server is asked this often whether it gets frames. */
const ASK_AGAIN_MS = 3000;
/** ... or this often until it has answered. */
const ASK_SOON_MS = 500;
/** Its newest frame is at most that old while it does. */
const FLOWING_MS = 1000;
/** A frame that came less long ago is still on its way to the screen. */
const SHOWN_WITHIN_MS = 300;
/** What the server said sooner after the last frame says nothing about why none followed. */
const ASK_AFTER_MS = 400;
/** A server that may be told is told that frames come and cannot be shown. A decoder that is late gets that long. */
const WAITING_AFTER_MS = 1000;
/** A frame is younger at the server than its arrival here makes it by less. */
const SAME_FRAME_MS = 150;

/**
 * @typedef {object} Session  all times in milliseconds of clockMs()
 * @property {ConnectionState} connection
 * @property {Problem | null} problem  of the decoder or the canvas, on this connection
 * @property {boolean} paused
 * @property {boolean} hidden
 * @property {number} connectedAt
 * @property {number | null} resumedAt  until something new is shown that is not too old
 * @property {number | null} arrivedAt  when the newest frame of this connection came
 * @property {number | null} unshownSince  since when there are frames that came after the picture shown
 * @property {number | null} pictureArrivedAt  when the picture shown had come; null: there is none
 * @property {boolean} pictureIsOfNow  it came on this connection
 * @property {number | null} writtenBy  a time after which it was not written
 * @property {boolean} shownLate  it was too old already when it was shown
 * @property {Losses} before  the counters when something was shown last, or was to begin
 * @property {number} askedAt  when the server was asked last
 * @property {Told | null} told  what it said last on this connection
 * @property {boolean} videoStops  it sends no video while this is suspended (sdr.2)
 * @property {(Source & { at: number }) | null} source  what it says of the stream by itself (sdr.2), on this connection
 *
 * @typedef {{ error: number, gap: number }} Losses  frames not decodable, and without their references, ever
 *
 * @typedef {object} Told
 * @property {number} askedAt
 * @property {number} at
 * @property {boolean | null} answered  null: not known
 * @property {number | null | undefined} newestAt  when its newest frame was written; null: it had none, undefined: not told
 * @property {readonly string[]} [conditions]  of the stream, by name
 * @property {boolean} [keyframeAsked]  it has passed a keyframe request on to the encoder not long ago
 *
 * @typedef {{ type: 'connection', at: number, connection: ConnectionState, losses: Losses, videoStops?: boolean }
 *     | { type: 'problem', problem: Problem | null }
 *     | { type: 'paused', at: number, paused: boolean, losses: Losses }
 *     | { type: 'hidden', at: number, hidden: boolean, losses: Losses }
 *     | { type: 'arrived', at: number }
 *     | { type: 'shown', at: number, arrivedAt: number, writtenBy: number | null, limitMs?: number,
 *         losses: Losses }
 *     | { type: 'asked', at: number }
 *     | { type: 'told', told: Told, writtenBy: number | null }
 *     | { type: 'dated', writtenBy: number | null }
 *     | { type: 'source', at: number, source: Source | null }} SessionEvent
 */

/** @type {Session} */
export const INITIAL = Object.freeze({
  connection: Object.freeze({ phase: 'idle', reason: 'idle', why: 'idle', message: '', httpStatus: null, retryAt: null }),
  problem: null,
  paused: false,
  hidden: false,
  connectedAt: 0,
  resumedAt: null,
  arrivedAt: null,
  unshownSince: null,
  pictureArrivedAt: null,
  pictureIsOfNow: false,
  writtenBy: null,
  shownLate: false,
  before: Object.freeze({ error: 0, gap: 0 }),
  askedAt: 0,
  told: null,
  videoStops: false,
  source: null,
});

/** Nothing is decoded or shown. @param {Session} session @returns {boolean} */
export const suspended = ({ paused, hidden }) => paused || hidden;

/** @param {Session} session @param {SessionEvent} event @returns {Session} */
export function reduce(session, event) {
  switch (event.type) {
    case 'connection': return event.connection.phase === 'open' ? opened(session, event)
      : { ...session, connection: event.connection };
    case 'problem': return { ...session, problem: event.problem };
    case 'paused': return suspendedOrResumed(session, { paused: event.paused }, event);
    case 'hidden': return suspendedOrResumed(session, { hidden: event.hidden }, event);
    case 'arrived': return {
      ...session,
      arrivedAt: event.at,
      unshownSince: suspended(session) ? session.unshownSince : session.unshownSince ?? event.at,
    };
    case 'shown': return shown(session, event);
    case 'asked': return { ...session, askedAt: event.at };
    case 'told': return { ...session, told: event.told, writtenBy: event.writtenBy };
    case 'dated': return { ...session, writtenBy: event.writtenBy };
    case 'source': return { ...session, source: event.source === null ? null : { ...event.source, at: event.at } };
    default: throw new TypeError(`no such event: ${event.type}`);
  }
}

/** Nothing that comes continues what came before. The picture stays, and with it what is known of its age. */
function opened(session, { at, connection, losses, videoStops = false }) {
  return {
    ...session,
    connection,
    problem: null,
    connectedAt: at,
    arrivedAt: null,
    unshownSince: null,
    pictureIsOfNow: false,
    shownLate: false,
    before: losses,
    told: null,
    videoStops,
    source: null,
  };
}

function suspendedOrResumed(session, change, { at, losses }) {
  const next = { ...session, ...change };
  const resumed = suspended(session) && !suspended(next);
  if (!resumed) return next;
  // To a server that has sent no video meanwhile this is a newcomer.
  const joined = session.videoStops ? { connectedAt: at, arrivedAt: null, told: null } : {};
  return { ...next, ...joined, resumedAt: at, unshownSince: null, before: losses };
}

function shown(session, { at, arrivedAt, writtenBy, limitMs = Infinity, losses }) {
  const ageMs = writtenBy === null ? 0 : at - writtenBy;
  return {
    ...session,
    pictureArrivedAt: arrivedAt,
    pictureIsOfNow: true,
    writtenBy,
    shownLate: ageMs > limitMs,
    // What comes first may be on the way from the last keyframe to now, and too old in a moment.
    resumedAt: ageMs > limitMs / 2 ? session.resumedAt : null,
    unshownSince: session.arrivedAt > arrivedAt ? at : null,
    before: losses,
  };
}

/** @param {Session} session @param {number} now @returns {number | null} of the picture shown; null: there is none */
export function pictureAgeMs({ pictureArrivedAt, writtenBy }, now) {
  return pictureArrivedAt === null ? null : now - (writtenBy ?? pictureArrivedAt);
}

/** Not long ago, and nothing new, or nothing young, was shown since. @param {Session} session @param {number} now @returns {boolean} */
export function resuming({ resumedAt }, now) {
  return resumedAt !== null && now - resumedAt < GRACE_MS;
}

/**
 * What viewers are to be told follows from this.
 * @param {Session} session
 * @param {{ now: number, limitMs: number, pictureOld: boolean, reduced?: boolean, losses: Losses }} reading  limitMs: an
 *     older picture is too old; reduced: so that other streams of the page come in time
 * @returns {Facts}
 */
export function factsOf(session, { now, limitMs, pictureOld, reduced = false, losses }) {
  const { arrivedAt, unshownSince } = session;
  const ageMs = pictureAgeMs(session, now);
  const unshown = unshownSince !== null;
  const unshownForLong = unshown && now - unshownSince > SHOWN_WITHIN_MS;
  return {
    connection: session.connection,
    problem: session.problem,
    paused: session.paused,
    hidden: session.hidden,
    resuming: resuming(session, now),
    shownBefore: session.pictureArrivedAt !== null,
    shownNow: session.pictureIsOfNow,
    ageKnown: session.writtenBy !== null,
    young: ageMs !== null && ageMs <= limitMs,
    pictureOld,
    reduced,
    connectedForMs: now - session.connectedAt,
    arrived: arrivedAt !== null,
    arriving: unshownForLong && now - arrivedAt <= limitMs,
    justArrived: unshown && !unshownForLong,
    late: session.shownLate && arrivedAt !== null && now - arrivedAt <= limitMs,
    errors: losses.error - session.before.error,
    gaps: losses.gap - session.before.gap,
    server: serverView(session, limitMs),
    condition: conditionOf(session),
    serverReason: session.source?.reason ?? '',
    keyframeAsked: session.told?.keyframeAsked ?? false,
  };
}

/** The gravest condition of the stream that keeps pictures from being right; '' when none is known. */
function conditionOf({ told, source }) {
  const conditions = source?.conditions ?? told?.conditions;
  return Object.keys(CONDITION_MESSAGES).find((name) => conditions?.includes(name)) ?? '';
}

/**
 * Frames come and none of them is shown.
 * @param {Session} session
 * @param {number} now
 * @param {number} limitMs
 * @returns {number | null} since when; null: it is not so, or another keyframe would not help
 */
export function stuckSince(session, now, limitMs) {
  const { connection, problem, arrivedAt, unshownSince } = session;
  if (connection.phase !== 'open' || suspended(session) || problem !== null || conditionOf(session) !== '') return null;
  return arrivedAt !== null && now - arrivedAt <= limitMs ? unshownSince : null;
}

/**
 * What a server that may be told is told: whether the newest group of pictures, or a keyframe, would help.
 * @param {Session} session
 * @param {{ now: number, limitMs: number, needsKeyframe: boolean, losses: Losses }} reading
 * @returns {number} see Doing
 */
export function doingOf(session, { now, limitMs, needsKeyframe, losses }) {
  if (suspended(session)) return Doing.PAUSED;
  if (session.problem?.why === 'undecodable' && conditionOf(session) === '') return Doing.DECODER_FAILED;
  const since = needsKeyframe ? stuckSince(session, now, limitMs) : null;
  if (since === null) return Doing.PLAYING;
  if (losses.error > session.before.error) return Doing.DECODER_FAILED;
  return now - since >= WAITING_AFTER_MS ? Doing.WAITING_FOR_KEYFRAME : Doing.PLAYING;
}

/** @param {Session} session @param {number} now @returns {{ shows: boolean, waitingMs: number }} whether pictures are shown, and how long the next waits */
export function showing(session, now) {
  const { connection, pictureIsOfNow, unshownSince } = session;
  return {
    shows: connection.phase === 'open' && pictureIsOfNow && !suspended(session),
    waitingMs: unshownSince === null ? 0 : now - unshownSince,
  };
}

/** What the server has said since frames stopped coming. @returns {ServerView} */
function serverView({ told, source, arrivedAt, connectedAt }, limitMs) {
  const since = arrivedAt ?? connectedAt;
  if (source !== null && source.state !== 'live' && source.at >= since) {
    return source.conditions.includes('no_keyframe') ? 'has-no-keyframe' : 'has-none';
  }
  // What comes with joining may be from long ago: then the server knows of nothing since.
  if (told?.newestAt && told.at >= since && told.at - told.newestAt > limitMs) return 'has-none';
  if (told === null || told.askedAt - since < ASK_AFTER_MS) return 'not-asked';
  if (told.answered === false) return 'silent';
  if (told.newestAt === undefined) return 'unreadable';
  const newer = told.newestAt !== null && told.newestAt > (arrivedAt ?? told.at - FLOWING_MS) + SAME_FRAME_MS;
  return newer ? 'has-newer' : 'has-none';
}

/**
 * Connected, and nothing has come, or was shown, for a while: whether there is anything, and what, the server knows.
 * @param {Session} session
 * @param {number} now
 * @param {number} limitMs
 * @returns {boolean} whether it is to be asked now
 */
export function silenceToExplain(session, now, limitMs) {
  const { connection, arrivedAt, connectedAt, askedAt, unshownSince } = session;
  if (connection.phase !== 'open' || (session.videoStops && suspended(session))) return false;
  if (arrivedAt !== null && unshownSince !== null && !suspended(session) && now - unshownSince > ASK_AFTER_MS
    && now - arrivedAt <= limitMs) return now - askedAt >= (askedAt < unshownSince ? ASK_SOON_MS : ASK_AGAIN_MS);
  const silentForMs = now - (arrivedAt ?? connectedAt);
  if (silentForMs < (arrivedAt === null ? ASK_AFTER_MS : limitMs)) return false;
  const view = serverView(session, limitMs);
  return now - askedAt >= (view === 'not-asked' || view === 'silent' ? ASK_SOON_MS : ASK_AGAIN_MS);
}
