/** The messages of the subprotocol sdr.2. Numbers are little-endian, times nanoseconds of the server's clock. */

/** Its name, as it is offered and selected. */
export const SDR2 = 'sdr.2';

const TYPE_FRAME_TIMES = 0x05;
const TYPE_CLOCK = 0x06;
const TYPE_FEEDBACK = 0x07;
const TYPE_TELEMETRY = 0x08;
const TYPE_STATE = 0x09;

const FRAME_TIMES_BYTES = 40;
const QUESTION_BYTES = 16;
const ANSWER_BYTES = 32;
const FEEDBACK_BYTES = 52;
const TELEMETRY_HEAD_BYTES = 16;
const FLAG_CAPTURE_KNOWN = 1;
const FLAG_REPLAYED = 1;
const MAX_U8 = 0xff;
const MAX_U32 = 0xffffffff;

/** What a client does, as it tells the server. */
export const Doing = Object.freeze({ PLAYING: 0, PAUSED: 1, DECODER_FAILED: 2, WAITING_FOR_KEYFRAME: 3 });

/**
 * @typedef {object} FrameTimesMessage  about the video message right behind it
 * @property {'frame-times'} type
 * @property {bigint} frameSeq
 * @property {bigint | null} captureNanos  null: not known
 * @property {bigint} commitNanos  when the producer had committed the frame
 * @property {bigint} serverNanos  when this server had it
 * @property {number} clockErrorMicros  of capture and commit; 0 if they were taken on the server's machine
 * @property {number} mayBeMissing  so many frames right before it no other refers to
 *
 * @typedef {object} ClockMessage
 * @property {'clock'} type
 * @property {bigint} askedAs  the eight bytes of the question
 * @property {bigint} receivedNanos
 * @property {bigint} sentNanos
 *
 * @typedef {object} StateMessage
 * @property {'state'} type
 * @property {Record<string, unknown>} state  an object, as the server has it
 */

/**
 * Takes apart what comes besides 0x01. Never throws.
 * @param {ArrayBuffer} buffer  not empty
 * @param {DataView} view  of it
 * @returns {FrameTimesMessage | ClockMessage | TelemetryMessage | StateMessage | OtherMessage | null} null: of no type that
 *     this is about
 */
export function parseSdr2(buffer, view) {
  switch (view.getUint8(0)) {
    case TYPE_FRAME_TIMES: return buffer.byteLength === FRAME_TIMES_BYTES ? frameTimes(view) : malformed('frame times', buffer);
    case TYPE_CLOCK: return buffer.byteLength === ANSWER_BYTES ? clock(view) : malformed('clock', buffer);
    case TYPE_TELEMETRY: return telemetry(buffer, view);
    case TYPE_STATE: return state(buffer);
    default: return null;
  }
}

const malformed = (what, { byteLength }) => ({ type: 'malformed', detail: `${what} message of ${byteLength} bytes` });

function frameTimes(view) {
  return {
    type: 'frame-times',
    frameSeq: view.getBigUint64(8, true),
    captureNanos: (view.getUint8(1) & FLAG_CAPTURE_KNOWN) !== 0 ? view.getBigUint64(16, true) : null,
    commitNanos: view.getBigUint64(24, true),
    serverNanos: view.getBigUint64(32, true),
    clockErrorMicros: view.getUint32(4, true),
    mayBeMissing: view.getUint16(2, true),
  };
}

function clock(view) {
  return {
    type: 'clock',
    askedAs: view.getBigUint64(8, true),
    receivedNanos: view.getBigUint64(16, true),
    sentNanos: view.getBigUint64(24, true),
  };
}

function telemetry(buffer, view) {
  const subjectBytes = buffer.byteLength >= TELEMETRY_HEAD_BYTES ? view.getUint16(2, true) : 0;
  if (buffer.byteLength < TELEMETRY_HEAD_BYTES + subjectBytes) return malformed('telemetry', buffer);
  return {
    type: 'telemetry',
    subject: new TextDecoder().decode(new Uint8Array(buffer, TELEMETRY_HEAD_BYTES, subjectBytes)),
    payload: new Uint8Array(buffer, TELEMETRY_HEAD_BYTES + subjectBytes),
    replayed: (view.getUint8(1) & FLAG_REPLAYED) !== 0,
    receivedNanos: view.getBigUint64(8, true),
  };
}

function state(buffer) {
  try {
    const parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(buffer, 1)));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { type: 'state', state: parsed };
  } catch {
    // Neither UTF-8 nor JSON.
  }
  return malformed('state', buffer);
}

/** Asks what time it is. @param {bigint} askedAs  comes back with the answer @returns {ArrayBuffer} */
export function clockQuestion(askedAs) {
  const view = new DataView(new ArrayBuffer(QUESTION_BYTES));
  view.setUint8(0, TYPE_CLOCK);
  view.setBigUint64(8, askedAs, true);
  return view.buffer;
}

/**
 * @typedef {object} FrameAt
 * @property {bigint} frameSeq
 * @property {bigint} atNanos  not 0
 *
 * @param {object} said
 * @param {number} said.doing  see {@link Doing}
 * @param {number} said.decodeQueue  frames
 * @param {number | null} said.decodingMs  of the newest displayed; null: not known
 * @param {number} said.clockErrorMicros
 * @param {FrameAt | null} said.received  the newest; null: none yet
 * @param {FrameAt | null} said.displayed  likewise
 * @param {{ received: number, decoded: number, dropped: number }} said.counts  since the last feedback
 * @returns {ArrayBuffer}
 */
export function feedbackMessage({ doing, decodeQueue, decodingMs, clockErrorMicros, received, displayed, counts }) {
  const view = new DataView(new ArrayBuffer(FEEDBACK_BYTES));
  view.setUint8(0, TYPE_FEEDBACK);
  view.setUint8(1, doing);
  view.setUint8(2, Math.min(decodeQueue, MAX_U8));
  // 0 says that it is not known.
  if (decodingMs !== null) view.setUint8(3, Math.min(Math.max(Math.round(decodingMs), 1), MAX_U8));
  view.setUint32(4, Math.min(Math.ceil(clockErrorMicros), MAX_U32), true);
  view.setBigUint64(8, received?.frameSeq ?? 0n, true);
  view.setBigUint64(16, received?.atNanos ?? 0n, true);
  view.setBigUint64(24, displayed?.frameSeq ?? 0n, true);
  view.setBigUint64(32, displayed?.atNanos ?? 0n, true);
  view.setUint32(40, counts.received, true);
  view.setUint32(44, counts.decoded, true);
  view.setUint32(48, counts.dropped, true);
  return view.buffer;
}
