/** What decodes, by the codec and by what the browser has. */

import { handOver } from './display.js';
import { ERRORS_BEFORE_PROBLEM, noWebCodecs, unsupportedCodec } from './problems.js';
import { Codec } from './protocol.js';
import { WebCodecsDecoder } from './webcodecs.js';

/**
 * A frame on its way to the screen.
 * @typedef {object} Unit
 * @property {number} index  +1 per frame handed to a decoder; never repeats
 * @property {number} arrivedAt
 * @property {number} decodedAt  once it is
 * @property {FrameTimesMessage | null} times  null: the server does not say them
 * @property {boolean} [inTime]  not late by what it waited in the link
 * @property {VideoMessage} message
 * @property {Uint8Array} data  the payload, with the parameter sets that it lacked
 * @property {boolean} [outOfOrder]  it is not to be shown: see AccessUnit
 * @property {Format | null} format  of a keyframe of H.264 or HEVC whose parameter sets are known
 *
 * What a decoder reports. Pictures belong to whoever gets them, who closes them.
 * @typedef {object} DecoderHooks
 * @property {(picture: VideoFrame | ImageBitmap, unit: Unit) => void} decoded
 * @property {(frames: number, reason: 'late' | 'error' | 'superseded' | 'first') => void} dropped  first: it waits for
 *     its first keyframe
 * @property {(problem: Problem | null) => void} problem  null: it works (again)
 * @property {(description: StreamDescription) => void} described
 * @property {(frames: number) => void} [reordered]  a picture came out after one that was sent in so many frames later
 */

/** JPEG: every frame stands alone, so at most one is being decoded and only the newest waits. */
class JpegDecoder {
  kind = 'jpeg';
  needsKeyframe = false;
  #hooks;
  #busy = false;
  #next = null;
  #closed = false;
  #errors = 0;

  constructor(hooks) {
    this.#hooks = hooks;
  }

  feed(unit) {
    if (this.#next !== null) this.#hooks.dropped(1, 'late');
    this.#next = unit;
    if (!this.#busy) this.#run();
  }

  /** How many frames wait or are being decoded. */
  get inside() {
    return (this.#busy ? 1 : 0) + (this.#next === null ? 0 : 1);
  }

  /** @returns {number} how many frames were inside */
  close() {
    const { inside } = this;
    this.#closed = true;
    this.#next = null;
    return inside;
  }

  async #run() {
    this.#busy = true;
    while (this.#next !== null && !this.#closed) {
      const unit = this.#next;
      this.#next = null;
      await this.#decode(unit);
    }
    this.#busy = false;
  }

  async #decode(unit) {
    try {
      const picture = await createImageBitmap(new Blob([unit.message.payload], { type: 'image/jpeg' }));
      if (this.#closed) {
        picture.close();
        return;
      }
      this.#errors = 0;
      handOver(picture, () => {
        this.#hooks.problem(null);
        this.#hooks.described({ codecString: 'jpeg', width: picture.width, height: picture.height });
        this.#hooks.decoded(picture, unit);
      });
    } catch (error) {
      if (this.#closed) return;
      this.#hooks.dropped(1, 'error');
      if (++this.#errors === ERRORS_BEFORE_PROBLEM) {
        this.#hooks.problem({ reason: 'decoder', why: 'undecodable', message: 'The JPEG pictures cannot be decoded.' });
        console.warn(`JPEG decoder: ${error.message}`);
      }
    }
  }
}

/** Stands in where no decoder exists: drops everything. */
class NoDecoder {
  kind = '';
  needsKeyframe = false;
  inside = 0;
  #hooks;

  constructor(hooks, problem) {
    this.#hooks = hooks;
    hooks.problem(problem);
  }

  feed() {
    this.#hooks.dropped(1, 'error');
  }

  close() {
    return 0;
  }
}

/**
 * @param {number} codec
 * @param {DecoderHooks} hooks
 * @param {(new (hooks: DecoderHooks) => object) | null} fallback  decodes H.264 where there is no WebCodecs
 */
export function decoderFor(codec, hooks, fallback) {
  if (codec === Codec.JPEG) return new JpegDecoder(hooks);
  if (codec !== Codec.H264 && codec !== Codec.HEVC) return new NoDecoder(hooks, unsupportedCodec(codec, ''));
  if (typeof VideoDecoder !== 'undefined') return new WebCodecsDecoder(codec, hooks);
  if (fallback !== null && codec === Codec.H264) return new fallback(hooks);
  return new NoDecoder(hooks, noWebCodecs(codec, globalThis.isSecureContext === true, globalThis.location?.protocol));
}
