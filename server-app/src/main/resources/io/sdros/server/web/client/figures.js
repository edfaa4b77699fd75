/** The figures of one client: what it has counted and measured. */

import { DelayMeter } from './delays.js';
import { RateMeter } from './flow.js';
import { codecName } from './protocol.js';

/**
 * @typedef {object} Statistics  counters since the client was made; rates over the last two seconds
 * @property {number} framesReceived
 * @property {number} framesDecoded
 * @property {number} framesPainted
 * @property {number} framesMissed  written, but never came (dropped on the way for this client, or lost by the reader);
 *     without those that the server has withheld, as far as it says so, or may have since fewer were asked for
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
 * @property {Delays} delays  each part of a picture's way; those up to the network only from servers that speak sdr.2
 * @property {string} protocol  'sdr.2', or '' for the old one, or while not connected
 * @property {{ errorMs: number, roundTripMs: number } | null} clock  how well the server's clock is known; null: it is not
 * @property {string} decoder  'webcodecs', 'mse' (the fallback, slower), 'jpeg' or ''
 * @property {boolean} bFrames  pictures come in another order than they are shown in: the encoder makes B-frames
 * @property {number} reorderDelayMs  what these cost: each frame is as much later as it must wait for others; 0 without
 */


export class Figures {
  #frameRate = new RateMeter();
  #byteRate = new RateMeter();
  #delays = new DelayMeter();
  #numbers = {
    framesReceived: 0, videoBytes: 0, telemetryReceived: 0, malformed: 0, connects: 0, codecString: '', width: 0, height: 0,
    lastFrameSeq: null, lastFrameId: null, lastArrivedAt: null, delayMs: null,
  };

  get connects() {
    return this.#numbers.connects;
  }

  get framesReceived() {
    return this.#numbers.framesReceived;
  }

  connected() {
    this.#numbers.connects++;
    this.#delays.reset();
  }

  /** @param {string} codecString  of the stream from now on */
  described(codecString) {
    this.#numbers.codecString = codecString;
  }

  video(bytes, nowMs) {
    this.#numbers.framesReceived++;
    this.#numbers.videoBytes += bytes;
    this.#byteRate.add(nowMs, bytes);
  }

  telemetry() {
    this.#numbers.telemetryReceived++;
  }

  malformed() {
    this.#numbers.malformed++;
  }

  /** @param {Unit} unit @param {{ width: number, height: number }} size @param {Delays} delays */
  shown({ arrivedAt, message }, { width, height }, delays, nowMs) {
    this.#frameRate.add(nowMs);
    this.#delays.add(nowMs, delays);
    Object.assign(this.#numbers, {
      width, height, lastFrameSeq: message.frameSeq, lastFrameId: message.frameId, lastArrivedAt: arrivedAt,
      delayMs: nowMs - arrivedAt,
    });
  }

  /**
   * @param {number} nowMs
   * @param {Pipeline} pipeline
   * @param {{ framesMissed: number, intervalMs: number, protocol: string, clock: ClockEstimate | null }} more  intervalMs:
   *     between frames, as they are written
   * @returns {Statistics}
   */
  statistics(nowMs, { counts, codec, decoderKind, reorderedFrames }, { framesMissed, intervalMs, protocol, clock }) {
    const { decoded, painted, delivered, late, error, gap, superseded, suspended } = counts;
    return {
      ...this.#numbers,
      framesDecoded: decoded,
      framesPainted: painted + delivered,
      framesMissed,
      framesDropped: { late, error, gap, superseded, suspended },
      fps: this.#frameRate.perSecond(nowMs),
      bitsPerSecond: this.#byteRate.perSecond(nowMs) * 8,
      codec: codec === null ? '' : codecName(codec),
      decoder: decoderKind,
      bFrames: reorderedFrames > 0,
      reorderDelayMs: reorderedFrames * intervalMs,
      delays: this.#delays.medians(nowMs),
      protocol,
      clock: clock === null ? null : { errorMs: clock.errorMs, roundTripMs: clock.roundTripMs },
    };
  }
}
