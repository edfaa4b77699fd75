/**
 * The fallback for browsers, and for plain http pages, that have no WebCodecs: H.264 through Media Source Extensions.
 * Loaded by placement.js when it is needed.
 *
 * Each access unit is wrapped into an MP4 fragment and appended to a video element that nobody sees; the pictures it
 * shows are handed on like decoded ones. A media element is made to play smoothly, not at once: it keeps a few frames
 * in hand, and what it falls behind has to be won back by playing faster or by jumping.
 */

import { H264, nalUnits } from './bitstream.js';
import { MAX_WAITING_FRAMES, RateMeter } from './flow.js';
import { TIMESCALE, initSegment, joined, mediaSegment } from './mp4.js';
import { PictureOrder, PresentationTimes } from './picture-order.js';
import { ERRORS_BEFORE_PROBLEM, PLAIN_H264, unsupportedCodec } from './problems.js';
import { Codec } from './protocol.js';

const USUAL_FRAME_MS = 33;
const SHORTEST_FRAME_MS = 4;
const LONGEST_FRAME_MS = 250;
const JUMP_SECONDS = 0.35;
/** By how much media times come back rounded, at most. */
const ROUNDED_SECONDS = 0.001;
const KEPT_SECONDS = 5;
const FORGET_SECONDS = 15;

/** What the page has to offer: a click that calls resume(). */
const PLAY_BLOCKED = Object.freeze({
  reason: 'blocked',
  why: 'play-blocked',
  message: 'This browser lets no video play before somebody clicks (its setting for autoplay).',
});

/** Of a keyframe: they are in the head. Other frames keep their picture parameter sets, which take effect at once. */
const NOT_OF_A_KEYFRAME = [H264.SPS, H264.PPS, H264.DELIMITER];
const NOT_OF_A_DELTA = [H264.SPS, H264.DELIMITER];
const LEVEL_BYTE = 3;

const kindOf = (unit) => unit[0] & 31;
const isSlice = (unit) => kindOf(unit) >= 1 && kindOf(unit) <= H264.IDR;
const mimeType = (codecString) => `video/mp4; codecs="${codecString}"`;

/** Whether the same head does for both: the level alone is no other stream. @param {Uint8Array[]} a @param {Uint8Array[]} b */
const sameHead = (a, b) => a.length === b.length && a.every((set, i) => set.length === b[i].length
  && set.every((byte, at) => byte === b[i][at] || (at === LEVEL_BYTE && kindOf(set) === H264.SPS)));
const Source = globalThis.ManagedMediaSource ?? globalThis.MediaSource;

/** One of the decoders of decoders.js. */
export class MseDecoder {
  kind = 'mse';
  #hooks;
  /** @type {Format | null} */
  #format = null;
  #rate = new RateMeter();
  #player = null;
  #needsKeyframe = true;
  #skipReason = 'first';
  #supported = false;
  #errors = 0;
  #closed = false;

  /** Whether this browser could play anything here. */
  static get available() {
    return Source !== undefined && typeof document !== 'undefined';
  }

  constructor(hooks) {
    this.#hooks = hooks;
  }

  /** Whether nothing goes in before the next keyframe. */
  get needsKeyframe() {
    return this.#needsKeyframe;
  }

  /** How many frames were not shown yet. */
  get inside() {
    return this.#player?.inside ?? 0;
  }

  feed(unit, catchingUp) {
    const { keyframe } = unit.message;
    // What comes in a burst was not made in one.
    if (!catchingUp) this.#rate.add(unit.arrivedAt);
    if (keyframe) this.#keyframe(unit.format);
    if (this.#needsKeyframe && !keyframe) {
      this.#hooks.dropped(1, this.#skipReason);
      return;
    }
    if (!this.#supported) {
      this.#skip('error', 1);
      return;
    }
    if (this.#player !== null && this.#player.waiting > MAX_WAITING_FRAMES) {
      this.#skip('late', 1);
      return;
    }
    this.#needsKeyframe = false;
    this.#player ??= this.#newPlayer();
    const perSecond = this.#rate.perSecond(unit.arrivedAt);
    const frameMs = perSecond > 0 ? 1000 / perSecond : USUAL_FRAME_MS;
    this.#player.add(unit, Math.min(LONGEST_FRAME_MS, Math.max(SHORTEST_FRAME_MS, frameMs)));
  }

  /** @returns {number} how many frames were inside */
  close() {
    this.#closed = true;
    return this.#discard();
  }

  /** Somebody clicked, perhaps: then the browser lets it play. */
  play() {
    this.#player?.play();
  }

  /** @param {Format | null} format */
  #keyframe(format) {
    if (format === null || format === this.#format) return;
    const last = this.#format;
    this.#format = format;
    const { description } = format;
    if (format.shape !== last?.shape) {
      this.#supported = Source.isTypeSupported(mimeType(description.codecString));
      this.#hooks.described(description);
    }
    if (!this.#supported) {
      this.#skip('error', 0);
      this.#hooks.problem(unsupportedCodec(Codec.H264, description.codecString, Source.isTypeSupported(mimeType(PLAIN_H264))));
      return;
    }
    if (!sameHead(format.sets, last?.sets ?? [])) this.#player?.begin(format);
  }

  #newPlayer() {
    const player = new Player({
      shown: (picture, unit) => {
        if (player !== this.#player) {
          picture.close();
          return;
        }
        this.#errors = 0;
        // An element that may not play shows pictures all the same, two or three a second.
        if (!player.blocked) this.#hooks.problem(null);
        this.#hooks.decoded(picture, unit);
      },
      blocked: () => { if (player === this.#player) this.#hooks.problem(PLAY_BLOCKED); },
      lost: (frames) => { if (player === this.#player) this.#hooks.dropped(frames, 'superseded'); },
      reordered: (frames) => this.#hooks.reordered?.(frames),
      failed: (message) => { if (player === this.#player) this.#failed(message); },
    });
    player.begin(this.#format);
    return player;
  }

  #failed(message) {
    this.#skip('error', 0);
    if (this.#closed || ++this.#errors < ERRORS_BEFORE_PROBLEM) return;
    this.#hooks.problem({
      reason: 'decoder', why: 'undecodable', message: `The browser's player fails on this stream (${message}).`,
    });
  }

  /** Begins again at the next keyframe. */
  #skip(reason, frames) {
    this.#skipReason = reason;
    const dropped = this.#discard() + frames;
    if (dropped > 0) this.#hooks.dropped(dropped, reason);
  }

  #discard() {
    this.#needsKeyframe = true;
    const inside = this.#player?.inside ?? 0;
    this.#player?.close();
    this.#player = null;
    return inside;
  }
}

/** One media element with its source, from the first keyframe until something breaks. */
class Player {
  #hooks;
  #video = document.createElement('video');
  #source = new Source();
  #address = URL.createObjectURL(this.#source);
  #buffer = null;
  #codecString = '';
  #queue = [];
  /** What was not shown yet, in the order in which it will be. @type {{ startSeconds: number, unit: Unit }[]} */
  #timeline = [];
  #order = new PictureOrder(null);
  #times = new PresentationTimes();
  #number = 0;
  /** Of what is decoded. What is shown by then has come, whatever its order. */
  #endMicros = 0;
  #frameSeconds = USUAL_FRAME_MS / 1000;
  #closed = false;
  /** The browser did not let it play. */
  blocked = false;

  constructor(hooks) {
    this.#hooks = hooks;
    const video = this.#video;
    video.muted = true;
    video.playsInline = true;
    video.disableRemotePlayback = true;
    video.onerror = () => this.#fail(video.error?.message || 'media error');
    this.#source.onsourceopen = () => this.#pump();
    video.src = this.#address;
    // A browser, an extension or a media key may pause it; nobody who watches can have meant that.
    video.onpause = () => this.play();
    video.onplaying = () => { this.blocked = false; };
    this.play();
    this.#awaitPicture();
  }

  get waiting() {
    return this.#queue.length;
  }

  /** How many frames were not shown yet. */
  get inside() {
    return this.#timeline.length;
  }

  /** Refused where the browser's user lets nothing play by itself, not even silent video. */
  play() {
    this.#video.play().then(() => { this.blocked = false; }, (error) => {
      // AbortError: taken down, or paused once more, which is seen by itself.
      if (this.#closed || error.name !== 'NotAllowedError') return;
      this.blocked = true;
      this.#hooks.blocked();
    });
  }

  /** From here on the stream is another one. @param {Format} format */
  begin({ description, pixel, sets, order }) {
    this.#order = new PictureOrder(order);
    this.#times.begin();
    const sps = sets.find((unit) => kindOf(unit) === H264.SPS);
    const pictureSets = sets.filter((unit) => kindOf(unit) === H264.PPS);
    this.#queue.push({ codecString: description.codecString, data: initSegment(description, sps, pictureSets, pixel) });
  }

  add(unit, frameMs) {
    const left = unit.message.keyframe ? NOT_OF_A_KEYFRAME : NOT_OF_A_DELTA;
    const units = nalUnits(unit.data).filter((nal) => !left.includes(kindOf(nal)));
    const durationMicros = Math.round(frameMs * 1000);
    this.#frameSeconds = frameMs / 1000;
    const startMicros = this.#endMicros;
    const { keyframe } = unit.message;
    const slice = units.find(isSlice);
    const order = slice === undefined ? null : this.#order.of(slice);
    const { micros, overtook } = this.#times.next({ order, first: keyframe, startMicros, frameMicros: durationMicros });
    const sample = { number: ++this.#number, startMicros, shownMicros: micros, durationMicros, keyframe };
    this.#queue.push({ codecString: null, data: mediaSegment(sample, units) });
    this.#expect(micros / TIMESCALE, unit);
    if (overtook > 0) this.#hooks.reordered(overtook);
    this.#endMicros += durationMicros;
    this.#pump();
  }

  #expect(startSeconds, unit) {
    const timeline = this.#timeline;
    let at = timeline.length;
    while (at > 0 && timeline[at - 1].startSeconds > startSeconds) at--;
    timeline.splice(at, 0, { startSeconds, unit });
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#video.onerror = this.#video.onpause = this.#video.onplaying = null;
    this.#video.removeAttribute('src');
    this.#video.load();
    URL.revokeObjectURL(this.#address);
    this.#queue = [];
    this.#timeline = [];
  }

  #fail(message) {
    if (!this.#closed) this.#hooks.failed(message);
  }

  #pump() {
    if (this.#closed || this.#source.readyState !== 'open' || this.#queue.length === 0) return;
    if (this.#buffer?.updating) return;
    try {
      if (this.#forgetOld()) return;
      const parts = [this.#queue.shift()];
      if (parts[0].codecString !== null) this.#useCodec(parts[0].codecString);
      while (this.#queue.length > 0 && this.#queue[0].codecString === null) parts.push(this.#queue.shift());
      this.#buffer.appendBuffer(joined(parts.map((part) => part.data)));
    } catch (error) {
      this.#fail(error.message);
    }
  }

  #useCodec(codecString) {
    if (this.#buffer === null) {
      this.#buffer = this.#source.addSourceBuffer(mimeType(codecString));
      this.#buffer.onupdateend = () => {
        this.#chase();
        this.#pump();
      };
    } else if (codecString !== this.#codecString) {
      this.#buffer.changeType(mimeType(codecString));
    }
    this.#codecString = codecString;
  }

  /** @returns {boolean} whether the buffer is busy with it */
  #forgetOld() {
    const ranges = this.#buffer?.buffered;
    const now = this.#video.currentTime;
    if (ranges === undefined || ranges.length === 0 || now - ranges.start(0) < FORGET_SECONDS) return false;
    this.#buffer.remove(0, now - KEPT_SECONDS);
    return true;
  }

  /** Keeps the shown picture near the newest one. */
  #chase() {
    if (this.#closed) return;
    const ranges = this.#buffer.buffered;
    if (ranges.length === 0) return;
    const end = Math.min(ranges.end(ranges.length - 1), this.#endMicros / TIMESCALE);
    const behind = end - this.#video.currentTime;
    if (behind > JUMP_SECONDS + 2 * this.#frameSeconds || this.#video.currentTime < ranges.start(0)) {
      this.#video.currentTime = Math.max(ranges.start(ranges.length - 1), end - 1.5 * this.#frameSeconds);
      return;
    }
    const wanted = behind > 3.5 * this.#frameSeconds ? 1.25 : behind > 2 * this.#frameSeconds ? 1.05 : 1;
    if (this.#video.playbackRate !== wanted) this.#video.playbackRate = wanted;
  }

  #awaitPicture() {
    if (this.#closed) return;
    const video = this.#video;
    if ('requestVideoFrameCallback' in video) {
      video.requestVideoFrameCallback((_, { mediaTime }) => this.#picture(mediaTime));
    } else {
      requestAnimationFrame(() => this.#picture(video.currentTime));
    }
  }

  async #picture(mediaSeconds) {
    if (this.#closed) return;
    this.#awaitPicture();
    let shown = null;
    let passed = 0;
    while (this.#timeline.length > 0 && this.#timeline[0].startSeconds <= mediaSeconds + ROUNDED_SECONDS) {
      shown = this.#timeline.shift().unit;
      passed++;
    }
    if (passed > 1) this.#hooks.lost(passed - 1);
    if (shown === null || this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    this.#chase();
    const picture = await createImageBitmap(this.#video).catch(() => null);
    if (picture === null) return;
    if (this.#closed) picture.close();
    else this.#hooks.shown(picture, shown);
  }
}
