/** What a client's state can be, what it is due to, and how it follows from what is known. */

import { CONDITION_MESSAGES } from './problems.js';

/**
 * @typedef {string} Why
 * What it is due to: one of {@link WHYS}, whose comments say what each means. Whoever words it needs nothing else.
 */

/** Every cause that a state can have. New ones may follow. */
export const WHYS = Object.freeze([
  'idle', // start() was not called yet
  'connecting', // the first attempt is under way
  'joining', // connected a moment ago: whether there are pictures is not known yet
  'live',
  'recovering', // pictures come again, but not for long yet
  'resuming', // after pause or a hidden page: the first new picture is on its way
  'paused', // by pause()
  'hidden', // the page is not visible
  'play-blocked', // the browser lets nothing play before somebody clicks: resume() from a click
  'no-frames', // the server answers, and says itself that it gets no frames: the robot's side
  'no-keyframe', // frames come, but none that a picture can begin with
  'not-arriving', // the server has newer frames, but they do not get here
  'unexplained', // connected, nothing new comes, and why is not known (yet)
  'stream', // frames come, and something is wrong with the stream as such: `condition` says what
  'late', // pictures come and are shown, but each is too old when it is
  'undecodable', // frames come, but the browser's decoder fails on them
  'decoder-slow', // frames come, but the decoder is far behind
  'reduced', // one keyframe a second is shown, so that other streams of the page come in time
  'decoder-missing', // this browser has nothing to decode with, whatever is sent (JPEG excepted)
  'codec-unsupported', // it decodes other codecs or profiles, not this one
  'insecure-context', // it decodes only on secure pages
  'lost', // the connection broke
  'no-answer', // nobody answers: network, address, or server are gone
  'server-stopping', // it said so
  'proxy', // a proxy answers in place of the server
  'no-websocket', // the server answers, but not with a WebSocket
  'http-error', // an answer that nothing else here explains
  'full', // as many viewers as the server allows
  'full-for-address', // ... from this address
  'unauthorized', // a token is needed
  'token-wrong', // the one given is not accepted
  'origin-refused', // SDR_ALLOWED_ORIGINS
  'host-refused', // SDR_ALLOWED_HOSTS
  'no-stream', // the server has none of this name
  'mixed-content', // ws:// from an https page: browsers forbid it
  'blocked-by-csp', // the page's own Content-Security-Policy forbids it
  'bad-address', // `url` is none
  'canvas-in-use', // another client has it
  'worker-failed', // the worker broke
  'worker-hung', // it says nothing any more
  'stopped', // by stop()
  'closed', // by close()
]);

/**
 * @typedef {object} ClientState
 * @property {'idle' | 'connecting' | 'waiting' | 'live' | 'stale' | 'paused' | 'reconnecting' | 'refused' |
 *     'unsupported' | 'failed' | 'stopped'} state
 *     waiting: connected, but no picture yet. live: the picture shown is younger than the limit (see `staleAfterMs`).
 *     stale: connected, but it is older, or (reason 'replay', for a moment after connecting) may be. failed: it does not
 *     go on by itself, and why is said; start() or retry() try again.
 * @property {string} reason  for programs, e.g. 'token', 'origin', 'full', 'unreachable', 'hidden', 'hevc'; `why` is finer
 * @property {Why} why
 * @property {string} message  for people
 * @property {boolean} pictureOld  a picture is shown that is too old to steer by, whatever the state
 * @property {number | null} httpStatus
 * @property {number | null} retryAt
 * @property {string} condition  with `why` 'stream': the name that the server has for it, e.g. 'split_units'; else ''
 * @property {boolean} keyframeAsked  with `why` 'no-keyframe': the server has asked the encoder for one, and says so
 * @property {string} serverReason  with `why` 'no-frames' or 'no-keyframe': why, as the server says it, without a full stop;
 *     '' where it does not
 */

/** For so long after connecting or resuming nobody is to blame that nothing is shown. */
export const GRACE_MS = 1000;

/** @type {ClientState} */
export const IDLE = Object.freeze({
  state: 'idle', reason: 'idle', why: 'idle', message: '', httpStatus: null, retryAt: null, pictureOld: false,
  condition: '', keyframeAsked: false, serverReason: '',
});

/**
 * What can be said of the server while nothing new comes: it was not asked since; it does not answer; what it answers
 * cannot be read (a page from elsewhere, or the browser's connections hang); it has newer frames than came; it has none
 * either; it has frames, and no keyframe among them.
 * @typedef {'not-asked' | 'silent' | 'unreadable' | 'has-newer' | 'has-none' | 'has-no-keyframe'} ServerView
 *
 * @typedef {object} Facts
 * @property {ConnectionState} connection
 * @property {Problem | null} problem
 * @property {boolean} paused
 * @property {boolean} hidden
 * @property {boolean} resuming  not long ago, and nothing new was shown since
 * @property {boolean} shownBefore  whether there is a picture at all
 * @property {boolean} shownNow  whether it is of this connection
 * @property {boolean} ageKnown
 * @property {boolean} young  it is younger than the limit
 * @property {boolean} pictureOld  the alarm, which ends later
 * @property {boolean} [reduced]  only a keyframe a second is shown
 * @property {number} connectedForMs
 * @property {boolean} arrived  frames have come on this connection
 * @property {boolean} arriving  they still come, and have not been shown for a while
 * @property {boolean} justArrived  one came that may be shown in a moment
 * @property {boolean} [late]  they come, and the last one was too old already when it was shown
 * @property {number} errors  frames not decodable since the last picture
 * @property {number} gaps  frames without their references since the last picture
 * @property {ServerView} server
 * @property {string} [condition]  of the stream, that spoils pictures; or ''
 * @property {boolean} [keyframeAsked]
 * @property {string} [serverReason]  why there is nothing, as the server says it by itself; or ''
 */

const KEYFRAME_ASKED = 'The encoder has been asked for one.';
/** What the server knows the reason of. */
const EXPLAINED_BY_SERVER = ['no-frames', 'no-keyframe'];
/** Problems of the decoder that a condition of the stream explains. */
const FOLLOW_FROM_STREAM = ['undecodable', 'codec-unsupported'];

/** The words for whoever has no own ones. */
const SILENCE_MESSAGES = {
  joining: 'Connected. Waiting for the first picture.',
  'no-frames': 'Connected. No video is coming from the robot.',
  'no-keyframe': 'Connected. Waiting for a keyframe.',
  stream: '',
  'not-arriving': 'Connected, but the video does not get here.',
  'no-answer': 'The server does not answer.',
  undecodable: 'Frames come, but this browser cannot decode them.',
  'decoder-slow': 'Frames come, but this browser is too slow to decode them.',
  late: 'Pictures come, but late.',
  recovering: 'Pictures come again.',
  unexplained: 'Connected, but nothing new comes.',
};

const REDUCED_MESSAGE = 'One picture a second: this computer cannot show all streams of the page at once.';

/** Why no new picture is shown although the connection stands. @param {Facts} facts @returns {Why} */
export function whyNothingNew(facts) {
  if (facts.young && facts.shownNow && facts.ageKnown) return 'recovering';
  if (facts.connectedForMs < GRACE_MS) return 'joining';
  if (facts.late && !facts.arriving) return 'late';
  if (facts.justArrived) return facts.shownBefore ? 'recovering' : 'joining';
  if (facts.arriving) {
    if (facts.condition) return 'stream';
    if (facts.errors > 0) return 'undecodable';
    return facts.gaps > 0 ? 'no-keyframe' : 'decoder-slow';
  }
  switch (facts.server) {
    case 'silent': return 'no-answer';
    case 'has-none': return 'no-frames';
    case 'has-no-keyframe': return facts.condition ? 'stream' : 'no-keyframe';
    // To a newcomer it sends nothing before a keyframe.
    case 'has-newer':
      if (facts.arrived) return 'not-arriving';
      return facts.condition ? 'stream' : 'no-keyframe';
    default: return 'unexplained';
  }
}

/** The state that follows from what is known. @param {Facts} facts @returns {ClientState} */
export function stateOf(facts) {
  const { phase, reason, why, message, httpStatus, retryAt } = facts.connection;
  const because = (state, cause, pictureOld = facts.pictureOld) => {
    const condition = cause.why === 'stream' ? cause.condition ?? facts.condition : '';
    const keyframeAsked = phase === 'open' && cause.why === 'no-keyframe' && facts.keyframeAsked === true;
    const explained = phase === 'open' && EXPLAINED_BY_SERVER.includes(cause.why);
    const serverReason = explained ? facts.serverReason ?? '' : '';
    const words = [
      cause.message, CONDITION_MESSAGES[condition], serverReason && `The server says: ${serverReason}.`,
      keyframeAsked ? KEYFRAME_ASKED : '',
    ].filter(Boolean);
    return {
      state, reason: cause.reason, why: cause.why, message: [...new Set(words)].join(' '), httpStatus, retryAt,
      pictureOld, condition, keyframeAsked, serverReason,
    };
  };
  if (phase !== 'open') {
    const connection = { reason, why, message };
    if (['idle', 'stopped', 'refused', 'failed'].includes(phase)) return because(phase, connection);
    return because(reason === 'connecting' ? 'connecting' : 'reconnecting', connection);
  }
  if (facts.problem !== null && facts.problem.why !== 'play-blocked') {
    const dueToStream = facts.condition && FOLLOW_FROM_STREAM.includes(facts.problem.why);
    return because('unsupported', dueToStream ? { reason: 'stream', why: 'stream', message: '' } : facts.problem);
  }
  if (facts.paused) return because('paused', { reason: 'user', why: 'paused', message: 'Paused.' });
  if (facts.hidden) return because('paused', { reason: 'hidden', why: 'hidden', message: 'Paused while the page is not visible.' });
  if (facts.resuming && facts.shownBefore) return because('paused', { reason: 'resuming', why: 'resuming', message: 'Going on.' });
  if (facts.problem !== null) return because('paused', facts.problem);
  if (!facts.shownBefore) {
    const cause = whyNothingNew(facts);
    const reasonBefore = cause === 'no-keyframe' || facts.arriving ? 'no-keyframe' : 'no-video';
    return because('waiting', { reason: reasonBefore, why: cause, message: SILENCE_MESSAGES[cause] });
  }
  if (facts.reduced && !facts.pictureOld) {
    return because('stale', { reason: 'reduced', why: 'reduced', message: REDUCED_MESSAGE }, true);
  }
  if (facts.pictureOld) {
    const cause = whyNothingNew(facts);
    return because('stale', { reason: 'stale', why: cause, message: `The picture is old. ${SILENCE_MESSAGES[cause]}` });
  }
  if (!facts.ageKnown) {
    return because('stale', {
      reason: 'replay', why: 'joining', message: 'Connected. Whether the picture is live is not known yet.',
    });
  }
  return because('live', { reason: 'live', why: 'live', message: 'Live.' });
}
