/** The messages of the stream: one type byte, then what that type holds. Numbers are little-endian. */

import { parseSdr2 } from './sdr2.js';

/** Codec numbers of the frame header. */
export const Codec = Object.freeze({ H264: 1, HEVC: 2, JPEG: 3 });

const TYPE_VIDEO = 0x01;
const TYPE_TELEMETRY = 0x02;
const FRAME_HEADER_BYTES = 32;
const FLAG_KEYFRAME = 0x0001;

/**
 * @typedef {object} VideoMessage
 * @property {'video'} type
 * @property {bigint} frameId
 * @property {bigint} frameSeq  +1 per frame written
 * @property {number} flags
 * @property {number} codec  see {@link Codec}; others are passed through
 * @property {boolean} keyframe  the flag; always true for JPEG, whose frames stand alone
 * @property {Uint8Array} payload  a view into the message, not a copy
 *
 * @typedef {object} TelemetryMessage
 * @property {'telemetry'} type
 * @property {string} subject
 * @property {Uint8Array} payload
 * @property {boolean} [replayed]  sdr.2: it is from before this client came
 * @property {bigint} [receivedNanos]  sdr.2: when the server had it
 *
 * @typedef {object} OtherMessage
 * @property {'reserved' | 'malformed'} type
 * @property {string} detail
 */

/**
 * Takes one binary WebSocket message apart. Never throws: what cannot be read is 'malformed'.
 * @param {ArrayBuffer} buffer
 * @param {boolean} [sdr2]  it came on a connection for which the subprotocol sdr.2 was selected
 * @returns {VideoMessage | TelemetryMessage | FrameTimesMessage | ClockMessage | StateMessage | OtherMessage}
 */
export function parseMessage(buffer, sdr2 = false) {
  if (buffer.byteLength === 0) return { type: 'malformed', detail: 'empty message' };
  const view = new DataView(buffer);
  const type = view.getUint8(0);
  if (type === TYPE_VIDEO) return parseVideo(buffer, view);
  if (type === TYPE_TELEMETRY) return parseTelemetry(buffer, view);
  const known = sdr2 ? parseSdr2(buffer, view) : null;
  return known ?? { type: 'reserved', detail: `message type 0x${type.toString(16).padStart(2, '0')}` };
}

function parseVideo(buffer, view) {
  const payloadAt = 1 + FRAME_HEADER_BYTES;
  if (buffer.byteLength < payloadAt) return { type: 'malformed', detail: 'video message shorter than its header' };
  const sizeBytes = view.getUint32(17, true);
  if (sizeBytes !== buffer.byteLength - payloadAt) {
    return { type: 'malformed', detail: `video header says ${sizeBytes} bytes, ${buffer.byteLength - payloadAt} came` };
  }
  const flags = view.getUint16(21, true);
  const codec = view.getUint16(23, true);
  return {
    type: 'video',
    frameId: view.getBigUint64(1, true),
    frameSeq: view.getBigUint64(9, true),
    flags,
    codec,
    keyframe: codec === Codec.JPEG || (flags & FLAG_KEYFRAME) !== 0,
    payload: new Uint8Array(buffer, payloadAt),
  };
}

function parseTelemetry(buffer, view) {
  const subjectAt = 3;
  const subjectBytes = buffer.byteLength >= subjectAt ? view.getUint16(1, true) : 0;
  if (buffer.byteLength < subjectAt + subjectBytes) {
    return { type: 'malformed', detail: 'telemetry message shorter than its subject' };
  }
  return {
    type: 'telemetry',
    subject: new TextDecoder().decode(new Uint8Array(buffer, subjectAt, subjectBytes)),
    payload: new Uint8Array(buffer, subjectAt + subjectBytes),
  };
}

const CODEC_NAMES = { [Codec.H264]: 'H.264', [Codec.HEVC]: 'HEVC', [Codec.JPEG]: 'JPEG' };

/** @returns {string} the name people use for a codec number */
export function codecName(codec) {
  return CODEC_NAMES[codec] ?? `codec ${codec}`;
}
