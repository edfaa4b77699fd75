/** The words for people: what each cause that the client names is called, what it means, and who can change it. */

const BY_ITSELF = 'Trying again by itself.';
const FROM_START = 'It begins by itself as soon as that changes.';

/**
 * By `why`. title and text: of the card that is shown while there is no picture, or one that is old because of it; text
 * may be the client's, where it has details. hint: what happens next, or who can change it. stale: the same beside an old
 * picture, in few words. name: beside the dot, where the state's is not good enough.
 */
const WORDS = {
  idle: { title: 'Starting', text: '' },
  connecting: { title: 'Connecting', text: 'Connecting to the robot.' },
  joining: { name: 'Connected', title: 'Connected', text: 'Waiting for the first picture.' },
  live: { title: 'Live', text: '' },
  recovering: { title: 'Pictures come again', text: '', stale: 'Pictures come again.' },
  resuming: { name: 'Resuming', title: 'Resuming', text: 'The first new picture is on its way.' },
  paused: { title: 'Paused', text: '' },
  hidden: { title: 'Paused', text: '' },
  'play-blocked': {
    name: 'Blocked by the browser', title: 'The browser does not let it play',
    text: 'It wants somebody to ask for it first.', hint: 'Its settings for autoplay decide.',
    stale: 'The browser does not let it play before somebody asks.',
  },
  'no-frames': {
    title: 'No video', text: 'Connected. No video is coming from the robot.',
    hint: 'It begins by itself as soon as frames arrive.', stale: 'The server gets no new frames from the robot.',
  },
  'no-keyframe': {
    title: 'No picture yet', text: 'Connected. Waiting for a keyframe.',
    hint: 'The robot sends frames, but none yet that a picture can begin with.', stale: 'Waiting for a keyframe.',
  },
  'not-arriving': {
    title: 'No video arrives', text: 'Connected. The robot sends video, but it does not get here.',
    hint: 'The way from the server to this browser is too slow, or broken.',
    stale: 'The robot sends new frames, but they do not get here.',
  },
  unexplained: {
    title: 'No video', text: 'Connected, but nothing new comes.', hint: 'Why is not known yet.',
    stale: 'Nothing new comes; why is not known yet.',
  },
  stream: { title: 'This stream cannot be shown' },
  late: {
    title: 'The pictures come late', text: 'Pictures come, but each is old when it is shown.',
    hint: 'What the age is made of says where the time goes.', stale: 'New pictures come, but late.',
  },
  undecodable: {
    title: 'This video cannot be decoded', text: 'Frames come, but this browser\'s decoder fails on them.',
    hint: 'It begins by itself when the video gets better.', stale: 'New frames come, but cannot be decoded.',
  },
  'decoder-slow': {
    title: 'Too much for this browser', text: 'Frames come faster than this browser can decode them.',
    hint: 'Smaller pictures, fewer of them, or another computer would help.',
    stale: 'New frames come faster than this browser can decode them.',
  },
  reduced: { name: 'Reduced', title: 'Reduced', stale: 'This computer cannot show all streams at once.' },
  'decoder-missing': { title: 'This browser cannot play it' },
  'codec-unsupported': { title: 'This video cannot be played here' },
  'insecure-context': { title: 'This video cannot be played here' },
  lost: { title: 'Not connected', text: 'The connection was lost.', hint: BY_ITSELF },
  'no-answer': {
    title: 'Not connected', text: 'The server cannot be reached.', hint: BY_ITSELF, stale: 'The server does not answer.',
  },
  'server-stopping': { title: 'Not connected', text: 'The server has stopped or is restarting.', hint: BY_ITSELF },
  proxy: { title: 'The server is away', hint: BY_ITSELF },
  'no-websocket': {
    title: 'No WebSocket comes through', text: 'The server answers, but not with a WebSocket.',
    hint: 'A proxy in between has to be told to pass WebSockets.',
  },
  'http-error': { title: 'Not connected', hint: BY_ITSELF },
  full: {
    title: 'The server is full', text: 'It has as many viewers as it allows.', hint: 'Its setting SDR_MAX_CLIENTS decides.',
  },
  'full-for-address': {
    title: 'Too many viewers from your address', text: 'The server has as many from this address as it allows.',
    hint: 'Its setting SDR_MAX_CLIENTS_PER_ADDRESS decides. All that come through one router or proxy may share an address.',
  },
  unauthorized: {
    name: 'Token needed', title: 'Access token needed', text: 'This server asks for an access token.',
    hint: 'Whoever runs the server knows it. It is kept for this tab only.',
  },
  'token-wrong': {
    name: 'Token refused', title: 'Access token not accepted', text: 'The server refuses the token that it was given.',
    hint: 'Whoever runs the server knows the right one. It is kept for this tab only.',
  },
  'origin-refused': { title: 'Not allowed from this address' },
  'host-refused': { title: 'Not served under this name' },
  'no-stream': {
    title: 'No such stream', text: 'The server has no stream of this name.', hint: 'Its setting SDR_STREAMS says which it has.',
  },
  'mixed-content': { title: 'Blocked by the browser' },
  'blocked-by-csp': { title: 'Blocked by the page\'s own rules' },
  'bad-address': { title: 'No such address' },
  'canvas-in-use': { title: 'Shown elsewhere in this page' },
  'worker-failed': { title: 'The player has failed', hint: 'Trying again, or loading the page again, may help.' },
  'worker-hung': { title: 'The player hangs', hint: 'Trying again, or loading the page again, may help.' },
  stopped: { title: 'Stopped', text: '' },
  closed: { title: 'Closed', text: '' },
};

const KEYFRAME_ASKED = 'The encoder has been asked for one.';

/**
 * By `condition`, where `why` is 'stream'. note: of any condition that the server names, beside the figures, in few words.
 */
const CONDITIONS = {
  not_annex_b: {
    title: 'This is no video as its header says', text: 'H.264 and HEVC have to come as Annex B, and these frames do not.',
    hint: 'Whoever runs the producer can change it.', note: 'The frames are not Annex B.',
  },
  split_units: {
    title: 'The pictures come in pieces', text: 'The frames that come are pieces of pictures, or more than one.',
    hint: 'The producer has to commit whole access units: all slices of one picture at a time.',
    note: 'The pictures come in pieces; what is shown may be wrong.',
  },
  no_parameter_sets: {
    title: 'The parameter sets are missing', text: 'Keyframes come without the SPS and PPS that they need.',
    hint: 'The encoder has to send them once while somebody watches, or with every keyframe.',
    note: 'Keyframes come without their parameter sets: nobody can join.',
  },
  intra_refresh: {
    title: 'No browser can join this stream', text: 'The encoder sends no keyframes but refreshes the picture bit by bit.',
    hint: 'Let it send IDR pictures, by itself or when asked.', note: 'Intra refresh: no browser can join this stream.',
  },
  profile: {
    title: 'This video cannot be played here', text: 'It is 4:2:2, 4:4:4, or has more than 8 bits.',
    hint: 'Let the encoder make 4:2:0 with 8 bits.', note: '4:2:2, 4:4:4 or more than 8 bits: many browsers refuse that.',
  },
  no_keyframe: { note: 'No keyframes come: nobody can join.' },
  flag_mismatch: { note: 'Keyframes are flagged wrongly; what is in the frames counts.' },
  length_prefixed: { note: 'The frames are length-prefixed (AVCC); the server converts them.' },
  b_frames: { note: 'B-frames: the encoder should send none.' },
};

const NAMES = {
  idle: 'Starting',
  connecting: 'Connecting',
  waiting: 'No video',
  live: 'Live',
  stale: 'Stale',
  paused: 'Paused',
  reconnecting: 'Reconnecting',
  refused: 'Refused',
  unsupported: 'Cannot play',
  failed: 'Failed',
  stopped: 'Stopped',
};

const NOTICED = ['connecting', 'waiting', 'reconnecting', 'refused', 'unsupported', 'failed', 'stopped'];
const WAITING = ['connecting', 'waiting', 'reconnecting'];
const RETRIED = ['reconnecting', 'refused', 'failed', 'stopped'];
/** The picture is frozen because somebody wanted it so. */
const WANTED = ['paused', 'hidden', 'resuming'];
const ALARMS = { stale: 'Not live', reduced: 'Reduced', paused: 'Paused' };

/**
 * @typedef {object} Words
 * @property {string} name  of the state
 * @property {boolean} noticed  whether there is a card; then
 * @property {string} title
 * @property {string} text
 * @property {string} hint  or ''
 * @property {string} stale  why the picture is old, or ''
 * @property {'stale' | 'reduced' | 'paused'} kind  of an old picture: the first is an alarm
 * @property {string} alarm  the same in words, over the picture
 * @property {boolean} spins
 * @property {'' | 'retry' | 'play' | 'token'} offers  what can be done on the card
 * @property {string} spoken  for screen readers
 */

/** @param {ClientState} state @returns {Words} */
export function wordsFor({ state, why, message, condition = '', keyframeAsked = false, serverReason = '' }) {
  // A client that is newer than this page has causes that this page does not know.
  const words = { ...WORDS[why], ...(why === 'stream' ? onStream(CONDITIONS[condition]) : {}) };
  if (serverReason !== '') {
    const said = `The server says: ${serverReason}.`;
    words.hint = [said, words.hint].filter(Boolean).join(' ');
    words.stale = [words.stale, said].filter(Boolean).join(' ');
  }
  if (keyframeAsked) {
    words.hint = [words.hint, KEYFRAME_ASKED].filter(Boolean).join(' ');
    words.stale = [words.stale, KEYFRAME_ASKED].filter(Boolean).join(' ');
  }
  const blocked = why === 'play-blocked';
  const noticed = blocked || NOTICED.includes(state);
  const token = why === 'unauthorized' || why === 'token-wrong';
  const name = words.name ?? NAMES[state] ?? state;
  const title = words.title ?? name;
  const text = words.text ?? message;
  const kind = why === 'reduced' ? 'reduced' : WANTED.includes(why) && state === 'paused' ? 'paused' : 'stale';
  return {
    name,
    noticed,
    title,
    text,
    hint: words.hint ?? (state === 'waiting' && why !== 'joining' ? FROM_START : ''),
    stale: words.stale ?? '',
    kind,
    alarm: ALARMS[kind],
    spins: !blocked && WAITING.includes(state),
    offers: blocked ? 'play' : token ? 'token' : RETRIED.includes(state) ? 'retry' : '',
    spoken: noticed && text !== '' ? `${name}. ${text}` : `${name}.`,
  };
}

const onStream = ({ title, text, hint, note } = {}) => (title === undefined ? {} : { title, text, hint, stale: note });

/**
 * What the server finds in the stream that somebody can put right.
 * @param {string[]} conditions  by name @param {boolean} bFramesSaid  what they cost is said already
 * @returns {string} '' when there is nothing, or nothing that this page knows
 */
export function conditionWords(conditions, bFramesSaid) {
  return conditions.filter((name) => name !== 'b_frames' || !bFramesSaid).map((name) => CONDITIONS[name]?.note)
    .filter((note) => note !== undefined).join(' ');
}

/** @param {number} ms @returns {string} how long that is, as precise as anybody wants to know */
export function duration(ms) {
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 90000) return `${Math.round(ms / 1000)} s`;
  if (ms < 5400000) return `${Math.round(ms / 60000)} min`;
  return `${Math.round(ms / 3600000)} h`;
}
