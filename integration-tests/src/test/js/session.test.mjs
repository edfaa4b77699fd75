// What becomes of each state when something happens in it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { INITIAL, doingOf, factsOf, pictureAgeMs, reduce, silenceToExplain, stuckSince } = await webModule('client/session.js');
const { stateOf } = await webModule('client/state.js');
const { Doing } = await webModule('client/sdr2.js');

const LIMIT_MS = 500;
const NONE_LOST = { error: 0, gap: 0 };
const connection = (phase, why, reason = why) => ({ phase, reason, why, message: '', httpStatus: null, retryAt: null });

/** A session at a time, as the tests move it on. */
class Course {
  session = INITIAL;
  now = 10000;
  losses = NONE_LOST;

  happens(event) {
    this.session = reduce(this.session, { at: this.now, losses: this.losses, ...event });
    return this;
  }

  passes(milliseconds) {
    this.now += milliseconds;
    return this;
  }

  loses(losses) {
    this.losses = { ...this.losses, ...losses };
    return this;
  }

  /** The alarm is taken to be as quick as the picture is old. */
  get facts() {
    const { session, now, losses } = this;
    const pictureOld = (pictureAgeMs(session, now) ?? 0) > LIMIT_MS;
    return factsOf(session, { now, limitMs: LIMIT_MS, pictureOld, losses });
  }

  get outcome() {
    const { state, why } = stateOf(this.facts);
    return `${state}/${why}`;
  }
}

const CONNECTING = { type: 'connection', connection: connection('connecting', 'connecting') };
const OPEN = { type: 'connection', connection: connection('open', 'joining', 'open') };

/** What can happen. */
const EVENTS = {
  opened: (course) => course.happens(OPEN),
  lost: (course) => course.happens({ type: 'connection', connection: connection('retrying', 'lost') }),
  refused: (course) => course.happens({ type: 'connection', connection: connection('refused', 'full') }),
  stopped: (course) => course.happens({ type: 'connection', connection: connection('stopped', 'stopped') }),
  arrived: (course) => course.happens({ type: 'arrived' }),
  shown: (course) => course.happens({ type: 'arrived' })
    .happens({ type: 'shown', arrivedAt: course.now, writtenBy: course.now }),
  'shown, age unknown': (course) => course.happens({ type: 'shown', arrivedAt: course.now, writtenBy: null }),
  paused: (course) => course.happens({ type: 'paused', paused: true }),
  resumed: (course) => course.happens({ type: 'paused', paused: false }),
  hidden: (course) => course.happens({ type: 'hidden', hidden: true }),
  seen: (course) => course.happens({ type: 'hidden', hidden: false }),
  undecodable: (course) => course.happens({ type: 'problem', problem: { reason: 'decoder', why: 'undecodable', message: '' } }),
  blocked: (course) => course.happens({ type: 'problem', problem: { reason: 'blocked', why: 'play-blocked', message: '' } }),
  decodes: (course) => course.happens({ type: 'problem', problem: null }),
  'silence of 2 s': (course) => course.passes(2000),
  'has none': (course) => course.happens(told(course, { newestAt: null })),
  'has newer': (course) => course.happens(told(course, { newestAt: course.now })),
  silent: (course) => course.happens(told(course, { answered: false, newestAt: undefined })),
};

function told(course, says) {
  const { session, now } = course;
  return { type: 'told', told: { askedAt: now - 10, at: now, answered: true, ...says }, writtenBy: session.writtenBy };
}

/** Ways into each state. */
const STATES = {
  idle: () => new Course(),
  connecting: () => new Course().happens(CONNECTING),
  joining: () => EVENTS.opened(STATES.connecting()).passes(50),
  waiting: () => EVENTS['silence of 2 s'](STATES.joining()),
  live: () => EVENTS.shown(STATES.joining()).passes(50),
  stale: () => EVENTS['silence of 2 s'](STATES.live()),
  paused: () => EVENTS.paused(STATES.live()).passes(2000),
  hidden: () => EVENTS.hidden(STATES.live()).passes(2000),
  resuming: () => EVENTS.resumed(STATES.paused()).passes(50),
  unsupported: () => EVENTS.undecodable(STATES.live()),
  reconnecting: () => EVENTS.lost(STATES.live()).passes(2000),
  refused: () => EVENTS.refused(STATES.connecting()),
  stopped: () => EVENTS.stopped(STATES.live()),
};

/** From each state, by what happens in it. What is not named leaves state and cause as they are. */
const TABLE = {
  idle: {
    is: 'idle/idle', opened: 'waiting/joining', lost: 'reconnecting/lost', refused: 'refused/full', stopped: 'stopped/stopped',
  },
  connecting: {
    is: 'connecting/connecting', opened: 'waiting/joining', lost: 'reconnecting/lost', refused: 'refused/full',
    stopped: 'stopped/stopped',
  },
  joining: {
    is: 'waiting/joining', lost: 'reconnecting/lost', refused: 'refused/full', stopped: 'stopped/stopped', shown: 'live/live',
    'shown, age unknown': 'stale/joining', paused: 'paused/paused', hidden: 'paused/hidden', undecodable: 'unsupported/undecodable',
    blocked: 'paused/play-blocked', 'silence of 2 s': 'waiting/unexplained',
  },
  waiting: {
    is: 'waiting/unexplained', opened: 'waiting/joining', lost: 'reconnecting/lost', refused: 'refused/full',
    stopped: 'stopped/stopped', arrived: 'waiting/joining', shown: 'live/live', 'shown, age unknown': 'stale/joining',
    paused: 'paused/paused', hidden: 'paused/hidden', undecodable: 'unsupported/undecodable', blocked: 'paused/play-blocked',
    'has none': 'waiting/no-frames', 'has newer': 'waiting/no-keyframe', silent: 'waiting/no-answer',
  },
  live: {
    is: 'live/live', lost: 'reconnecting/lost', refused: 'refused/full', stopped: 'stopped/stopped',
    'shown, age unknown': 'stale/joining', paused: 'paused/paused', hidden: 'paused/hidden', undecodable: 'unsupported/undecodable',
    blocked: 'paused/play-blocked', 'silence of 2 s': 'stale/unexplained',
  },
  stale: {
    is: 'stale/unexplained', opened: 'stale/joining', lost: 'reconnecting/lost', refused: 'refused/full', stopped: 'stopped/stopped',
    arrived: 'stale/recovering', shown: 'live/live', 'shown, age unknown': 'stale/joining', paused: 'paused/paused',
    hidden: 'paused/hidden', undecodable: 'unsupported/undecodable', blocked: 'paused/play-blocked', 'has none': 'stale/no-frames',
    'has newer': 'stale/not-arriving', silent: 'stale/no-answer',
  },
  paused: {
    is: 'paused/paused', lost: 'reconnecting/lost', refused: 'refused/full', stopped: 'stopped/stopped', resumed: 'paused/resuming',
    undecodable: 'unsupported/undecodable',
  },
  hidden: {
    is: 'paused/hidden', lost: 'reconnecting/lost', refused: 'refused/full', stopped: 'stopped/stopped', paused: 'paused/paused',
    seen: 'paused/resuming', undecodable: 'unsupported/undecodable',
  },
  resuming: {
    is: 'paused/resuming', lost: 'reconnecting/lost', refused: 'refused/full', stopped: 'stopped/stopped', shown: 'live/live',
    'shown, age unknown': 'stale/joining', paused: 'paused/paused', hidden: 'paused/hidden', undecodable: 'unsupported/undecodable',
    'silence of 2 s': 'stale/unexplained',
  },
  unsupported: {
    is: 'unsupported/undecodable', opened: 'live/live', lost: 'reconnecting/lost', refused: 'refused/full', stopped: 'stopped/stopped',
    decodes: 'live/live', blocked: 'paused/play-blocked',
  },
  reconnecting: {
    is: 'reconnecting/lost', opened: 'stale/joining', refused: 'refused/full', stopped: 'stopped/stopped',
  },
  refused: {
    is: 'refused/full', opened: 'waiting/joining', lost: 'reconnecting/lost', stopped: 'stopped/stopped',
  },
  stopped: {
    is: 'stopped/stopped', opened: 'live/live', lost: 'reconnecting/lost', refused: 'refused/full',
  },
};

for (const [state, { is, ...changes }] of Object.entries(TABLE)) {
  test(`from ${state}`, () => {
    assert.equal(STATES[state]().outcome, is);
    const outcomes = Object.entries(EVENTS).map(([event, happen]) => [event, happen(STATES[state]()).outcome]);
    assert.deepEqual(Object.fromEntries(outcomes.filter(([event, outcome]) => outcome !== is || event in changes)), changes);
  });
}

test('an event changes nothing of what there was before it', () => {
  const frozen = (value) => Object.freeze({ ...value });
  for (const happen of Object.values(EVENTS)) {
    const course = STATES.live();
    course.session = frozen(course.session);
    const before = JSON.stringify(course.session);
    const session = course.session;
    happen(course);
    assert.equal(JSON.stringify(session), before);
  }
  assert.throws(() => reduce(INITIAL, { type: 'unheard of' }), TypeError);
});

test('losses count since the last picture, and since a resumption', () => {
  const course = STATES.live().loses({ error: 3 });
  course.happens({ type: 'arrived' }).passes(1000).happens({ type: 'arrived' });
  assert.equal(course.outcome, 'stale/undecodable');
  EVENTS.shown(course);
  course.happens({ type: 'arrived' }).passes(1000).happens({ type: 'arrived' });
  assert.equal(course.outcome, 'stale/decoder-slow');
  course.loses({ gap: 1 });
  assert.equal(course.outcome, 'stale/no-keyframe');
  EVENTS.paused(course).happens({ type: 'arrived' });
  EVENTS.resumed(course).passes(1000).happens({ type: 'arrived' }).passes(1000).happens({ type: 'arrived' });
  assert.equal(course.outcome, 'stale/decoder-slow');
});

test('a new connection continues nothing but the picture', () => {
  const course = EVENTS['has none'](STATES.stale()).loses({ error: 3 }).happens({ type: 'arrived' });
  const before = course.session;
  const { session } = EVENTS.opened(course.passes(100));
  assert.deepEqual(session, {
    ...before, connection: OPEN.connection, connectedAt: course.now, arrivedAt: null, unshownSince: null, pictureIsOfNow: false,
    before: { error: 3, gap: 0 }, told: null,
  });
  assert.notEqual(session.pictureArrivedAt, null);
  assert.equal(EVENTS.shown(course).session.pictureIsOfNow, true);
});

test('while newer frames wait, the picture shown is not the last word', () => {
  const course = STATES.joining().happens({ type: 'arrived' });
  const first = { type: 'shown', arrivedAt: course.now, writtenBy: course.now };
  course.passes(40).happens({ type: 'arrived' }).passes(40).happens(first);
  assert.equal(course.session.unshownSince, course.now);
  course.passes(10).happens({ ...first, arrivedAt: course.session.arrivedAt });
  assert.equal(course.session.unshownSince, null);
});

test('once frames have stopped the decoder is not to blame any more', () => {
  const course = EVENTS.shown(STATES.waiting()).loses({ error: 3 }).happens({ type: 'arrived' }).passes(LIMIT_MS);
  assert.equal(course.facts.arriving, true);
  assert.equal(course.passes(1).outcome, 'stale/unexplained');
});

test('a frame that came while nothing is to be shown is not missed afterwards', () => {
  const course = EVENTS.paused(STATES.live()).happens({ type: 'arrived' });
  assert.equal(course.session.unshownSince, null);
  assert.equal(EVENTS.resumed(course).happens({ type: 'arrived' }).session.unshownSince, course.now);
  const waited = EVENTS.paused(EVENTS.arrived(STATES.live())).passes(2000);
  assert.equal(EVENTS.resumed(waited).session.unshownSince, null, 'nor one that came before');
});

test('the server is asked about a silence, and again, sooner when it does not answer', () => {
  const asks = (course) => silenceToExplain(course.session, course.now, LIMIT_MS);
  const joined = EVENTS.opened(STATES.connecting());
  assert.equal(asks(joined.passes(399)), false);
  assert.equal(asks(joined.passes(1)), true, 'nothing came yet');
  const course = STATES.live().passes(400);
  assert.equal(asks(course), false, 'the next frame may be on its way');
  assert.equal(asks(course.passes(100)), true);
  course.happens({ type: 'asked' }).happens(told(course, { answered: false, newestAt: undefined }));
  assert.equal(asks(course.passes(499)), false);
  assert.equal(asks(course.passes(1)), true);
  course.happens({ type: 'asked' }).happens(told(course, { newestAt: null }));
  assert.equal(asks(course.passes(2999)), false);
  assert.equal(asks(course.passes(1)), true);
  assert.equal(asks(EVENTS.lost(course)), false, 'there is nobody to ask');
});

test('what the server says of frames from long ago counts at once, and of the rest only a while after the last came', () => {
  const soon = (course, says) => course.happens(told(course, says)).passes(2000).outcome;
  assert.equal(soon(STATES.live(), { newestAt: 1 }), 'stale/no-frames');
  assert.equal(soon(STATES.live(), { newestAt: null }), 'stale/unexplained', 'it was asked too early to know');
  assert.equal(soon(STATES.stale(), { newestAt: undefined }), 'stale/unexplained', 'a page from elsewhere may not read it');
  const late = STATES.live().passes(450);
  assert.equal(soon(late, { newestAt: late.session.arrivedAt + 150 }), 'stale/no-frames', 'that is the frame that came');
  const later = STATES.live().passes(450);
  assert.equal(soon(later, { newestAt: later.session.arrivedAt + 151 }), 'stale/not-arriving');
  const again = EVENTS.arrived(STATES.stale().happens(told(STATES.stale(), { newestAt: 1 })).passes(1));
  assert.equal(again.passes(2000).outcome, 'stale/unexplained', 'a frame came since');
});

test('frames that come and are not shown are asked about, and a keyframe may help', () => {
  const course = new Course().happens(OPEN).happens({ type: 'asked' }).passes(2000).happens({ type: 'arrived' });
  const since = course.now;
  const asks = () => silenceToExplain(course.session, course.now, LIMIT_MS);
  const stuck = () => stuckSince(course.session, course.now, LIMIT_MS);
  assert.equal(asks(), false);
  course.passes(401).happens({ type: 'arrived' });
  assert.deepEqual([asks(), stuck()], [true, since]);
  course.happens({ type: 'asked' });
  assert.equal(asks(), false);
  course.happens({ type: 'told', told: { askedAt: course.now, at: course.now, answered: true, newestAt: course.now,
    conditions: ['b_frames', 'no_parameter_sets', 'split_units'], keyframeAsked: true }, writtenBy: null });
  assert.deepEqual([course.facts.condition, course.facts.keyframeAsked], ['split_units', true]);
  assert.equal(stuck(), null, 'no keyframe mends that');
  course.happens(OPEN);
  assert.deepEqual([course.facts.condition, course.facts.keyframeAsked], ['', false]);
});

test('who is paused, or gets nothing, is not stuck', () => {
  const course = new Course().happens(OPEN).happens({ type: 'arrived' }).passes(LIMIT_MS + 1);
  assert.equal(stuckSince(course.session, course.now, LIMIT_MS), null);
  course.happens({ type: 'arrived' }).happens({ type: 'paused', paused: true });
  assert.equal(stuckSince(course.session, course.now, LIMIT_MS), null);
});

const OPEN_SDR2 = { ...OPEN, videoStops: true };
const source = (state, reason = '', conditions = []) => ({ type: 'source', source: { state, reason, conditions } });

test('what the server says of its source counts at once, and names its reason', () => {
  const course = new Course().happens(OPEN_SDR2).happens(source('absent', 'there is no shared memory file')).passes(1000);
  assert.equal(course.outcome, 'waiting/no-frames');
  const { message, serverReason } = stateOf(course.facts);
  assert.equal(serverReason, 'there is no shared memory file');
  assert.match(message, /The server says: there is no shared memory file\./);
  assert.equal(course.happens(source('live')).outcome, 'waiting/unexplained', 'live is no reason for silence');
  course.happens(source('stale', 'no keyframe though frames arrive', ['no_keyframe']));
  assert.equal(course.outcome, 'waiting/no-keyframe');
  course.happens(source('stale', 'no keyframe though frames arrive', ['no_keyframe', 'intra_refresh']));
  assert.deepEqual([course.outcome, stateOf(course.facts).serverReason], ['waiting/stream', '']);
});

test('what it said before the last frame came does not explain why none followed', () => {
  const course = new Course().happens(OPEN_SDR2).happens(source('stale', 'x')).passes(10);
  EVENTS.shown(course).passes(1000);
  assert.equal(course.outcome, 'stale/unexplained');
  assert.equal(course.happens(source('stale', 'x')).outcome, 'stale/no-frames');
});

test('its conditions win over those that were asked for', () => {
  const course = new Course().happens(OPEN_SDR2);
  course.happens(told(course, { newestAt: null, conditions: ['split_units'] }));
  assert.equal(course.facts.condition, 'split_units');
  assert.equal(course.happens(source('live')).facts.condition, '');
  assert.equal(course.happens(source('live', '', ['profile'])).facts.condition, 'profile');
  assert.equal(course.happens({ type: 'source', source: null }).facts.condition, 'split_units', 'one that does not say');
});

test('that nothing comes while paused is what was asked for, and afterwards it begins as for a newcomer', () => {
  const course = EVENTS.shown(new Course().happens(OPEN_SDR2)).happens({ type: 'paused', paused: true }).passes(5000);
  assert.equal(silenceToExplain(course.session, course.now, LIMIT_MS), false);
  course.happens({ type: 'paused', paused: false });
  assert.deepEqual([course.session.connectedAt, course.session.arrivedAt], [course.now, null]);
  assert.equal(course.outcome, 'paused/resuming');
  assert.equal(silenceToExplain(course.session, course.now, LIMIT_MS), false);
  assert.equal(silenceToExplain(course.passes(400).session, course.now, LIMIT_MS), true);
});

test('who resumes is on the way until something young is shown, or for a second', () => {
  const resumed = () => EVENTS.shown(new Course().happens(OPEN_SDR2)).happens({ type: 'paused', paused: true }).passes(5000)
    .happens({ type: 'paused', paused: false }).passes(50);
  const shows = (course, ageMs) => course.happens({ type: 'arrived' })
    .happens({ type: 'shown', arrivedAt: course.now, writtenBy: course.now - ageMs, limitMs: LIMIT_MS }).outcome;
  assert.equal(shows(resumed(), LIMIT_MS / 2), 'live/live');
  const course = resumed();
  assert.equal(shows(course, LIMIT_MS / 2 + 1), 'paused/resuming');
  assert.equal(shows(course.passes(900), LIMIT_MS + 1), 'paused/resuming');
  assert.equal(shows(course.passes(50), LIMIT_MS + 1), 'stale/late');
});

test('pictures that come late are called so while they come', () => {
  const course = new Course().happens(OPEN_SDR2).passes(2000);
  const late = () => course.happens({ type: 'arrived' })
    .happens({ type: 'shown', arrivedAt: course.now, writtenBy: course.now - 900, limitMs: LIMIT_MS });
  assert.equal(late().outcome, 'stale/late');
  course.passes(30).happens({ type: 'arrived' });
  assert.equal(course.outcome, 'stale/late', 'the next is on its way');
  course.passes(400).happens({ type: 'arrived' });
  assert.equal(course.outcome, 'stale/decoder-slow', 'it is not shown at all');
  late().passes(LIMIT_MS + 1);
  assert.equal(course.outcome, 'stale/unexplained', 'none come any more');
  assert.equal(EVENTS.shown(course).outcome, 'live/live');
});

test('an age that becomes known makes a picture live, or old', () => {
  const course = EVENTS['shown, age unknown'](new Course().happens(OPEN_SDR2)).passes(10);
  assert.equal(course.outcome, 'stale/joining');
  assert.equal(course.happens({ type: 'dated', writtenBy: course.now - 100 }).outcome, 'live/live');
  assert.equal(course.happens({ type: 'dated', writtenBy: course.now - 501 }).outcome, 'stale/joining');
});

test('the server is told what keeps pictures away where a group of them would help', () => {
  const doing = (course, needsKeyframe = true) =>
    doingOf(course.session, { now: course.now, limitMs: LIMIT_MS, needsKeyframe, losses: course.losses });
  const course = new Course().happens(OPEN_SDR2).happens({ type: 'arrived' });
  assert.equal(doing(course), Doing.PLAYING);
  course.passes(999).happens({ type: 'arrived' });
  assert.equal(doing(course), Doing.PLAYING, 'the next keyframe may be near');
  course.passes(1).happens({ type: 'arrived' });
  assert.equal(doing(course), Doing.WAITING_FOR_KEYFRAME);
  assert.equal(doing(course, false), Doing.PLAYING, 'it is decoding');
  course.loses({ error: 1 });
  assert.equal(doing(course), Doing.DECODER_FAILED, 'at once');
  course.happens({ type: 'problem', problem: { reason: 'decoder', why: 'undecodable', message: '' } });
  assert.equal(doing(course, false), Doing.DECODER_FAILED);
  assert.equal(doing(course.happens(source('live', '', ['split_units']))), Doing.PLAYING, 'no group of such a stream helps');
  course.happens({ type: 'problem', problem: { reason: 'codec', why: 'codec-unsupported', message: '' } });
  assert.equal(doing(course), Doing.PLAYING, 'nor any of a codec that the browser lacks');
  assert.equal(doing(course.happens({ type: 'hidden', hidden: true })), Doing.PAUSED);
});
