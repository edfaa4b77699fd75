/**
 * The fallback of sdr-client.js for browsers, and for plain http pages, that have no WebCodecs: H.264 through Media
 * Source Extensions. Loaded by sdr-client.js when it is needed; has no API of its own.
 *
 * Each access unit is wrapped into an MP4 fragment and appended to a video element that nobody sees; the pictures it
 * shows are handed on like decoded ones. A media element is made to play smoothly, not at once: it keeps a few frames
 * in hand, and what it falls behind has to be won back by playing faster or by jumping.
 */

import { Codec, PLAIN_H264, ParameterSets, RateMeter, codecName, nalUnits, unsupportedCodec } from './sdr-client.js';

// ---- MP4 -------------------------------------------------------------------------------------------------------------

const TIMESCALE = 1000000;
const TRACK = 1;
const SAMPLE_KEY = 0x02000000;
const SAMPLE_DELTA = 0x01010000;
const UNITY_MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000].flatMap(u32);

function u16(value) {
  return [(value >> 8) & 255, value & 255];
}

function u32(value) {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

function u64(value) {
  return [...u32(Math.floor(value / 2 ** 32)), ...u32(value % 2 ** 32)];
}

const ascii = (text) => [...text].map((character) => character.charCodeAt(0));
const zeros = (count) => new Array(count).fill(0);

/** @param {(number[] | Uint8Array)[]} parts */
function joined(parts) {
  const data = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return data;
}

function box(type, ...parts) {
  const length = parts.reduce((sum, part) => sum + part.length, 8);
  return joined([u32(length), ascii(type), ...parts]);
}

/** A box with version and flags. */
const fullBox = (type, version, flags, ...parts) => box(type, u32(version * 2 ** 24 + flags), ...parts);

/**
 * The head of a fragmented MP4 with one H.264 track and no end.
 * @param {{ width: number, height: number }} size
 * @param {Uint8Array} sps
 * @param {Uint8Array[]} pictureSets
 */
export function initSegment({ width, height }, sps, pictureSets) {
  const avcC = box('avcC', [1, sps[1], sps[2], sps[3], 0xff, 0xe1], u16(sps.length), sps,
    [pictureSets.length], ...pictureSets.flatMap((pps) => [u16(pps.length), pps]));
  const entry = box('avc1', zeros(6), u16(1), zeros(16), u16(width), u16(height), u32(0x480000), u32(0x480000),
    u32(0), u16(1), zeros(32), u16(24), u16(0xffff), avcC);
  const tables = box('stbl', fullBox('stsd', 0, 0, u32(1), entry), fullBox('stts', 0, 0, u32(0)),
    fullBox('stsc', 0, 0, u32(0)), fullBox('stsz', 0, 0, u32(0), u32(0)), fullBox('stco', 0, 0, u32(0)));
  const data = box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1)));
  const media = box('mdia',
    fullBox('mdhd', 0, 0, u32(0), u32(0), u32(TIMESCALE), u32(0), u16(0x55c4), u16(0)),
    fullBox('hdlr', 0, 0, u32(0), ascii('vide'), zeros(12), ascii('video'), [0]),
    box('minf', fullBox('vmhd', 0, 1, zeros(8)), data, tables));
  const track = box('trak',
    fullBox('tkhd', 0, 7, u32(0), u32(0), u32(TRACK), u32(0), u32(0), zeros(16), UNITY_MATRIX,
      u32(width * 65536), u32(height * 65536)),
    media);
  const movie = box('moov',
    fullBox('mvhd', 0, 0, u32(0), u32(0), u32(TIMESCALE), u32(0), u32(0x10000), u16(0x100), zeros(10), UNITY_MATRIX,
      zeros(24), u32(TRACK + 1)),
    track, box('mvex', fullBox('trex', 0, 0, u32(TRACK), u32(1), u32(0), u32(0), u32(0))));
  return joined([box('ftyp', ascii('isom'), u32(0x200), ascii('isomiso5avc1mp41')), movie]);
}

/**
 * One access unit as a fragment.
 * @param {{ number: number, startMicros: number, durationMicros: number, keyframe: boolean }} sample
 * @param {Uint8Array[]} units  NAL units, without parameter sets and delimiters
 */
export function mediaSegment({ number, startMicros, durationMicros, keyframe }, units) {
  const data = joined(units.flatMap((unit) => [u32(unit.length), unit]));
  const fragment = (dataOffset) => box('moof',
    fullBox('mfhd', 0, 0, u32(number)),
    box('traf',
      fullBox('tfhd', 0, 0x020000, u32(TRACK)),
      fullBox('tfdt', 1, 0, u64(startMicros)),
      fullBox('trun', 0, 0x701, u32(1), u32(dataOffset), u32(durationMicros), u32(data.length),
        u32(keyframe ? SAMPLE_KEY : SAMPLE_DELTA))));
  const head = fragment(fragment(0).length + 8);
  return joined([head, u32(data.length + 8), ascii('mdat'), data]);
}

// ---- Decoder ---------------------------------------------------------------------------------------------------------

const H264_SPS = 7;
const H264_PPS = 8;
const H264_DELIMITER = 9;
const USUAL_FRAME_MS = 33;
const SHORTEST_FRAME_MS = 4;
const LONGEST_FRAME_MS = 250;
const JUMP_SECONDS = 0.35;
const KEPT_SECONDS = 5;
const FORGET_SECONDS = 15;
const MAX_WAITING_FRAMES = 600;
const ERRORS_BEFORE_PROBLEM = 5;

/** What the page has to offer: a click that calls resume(). */
const PLAY_BLOCKED = Object.freeze({
  reason: 'blocked',
  why: 'play-blocked',
  message: 'This browser lets no video play before somebody clicks (its setting for autoplay).',
});

const kindOf = (unit) => unit[0] & 31;
const mimeType = (codecString) => `video/mp4; codecs="${codecString}"`;
const Source = globalThis.ManagedMediaSource ?? globalThis.MediaSource;

/** Same contract as the decoders in sdr-client.js. */
export class MseDecoder {
  kind = 'mse';
  #hooks;
  #sets = new ParameterSets(Codec.H264);
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

  feed(unit, catchingUp) {
    const { keyframe, payload } = unit.message;
    // What comes in a burst was not made in one.
    if (!catchingUp) this.#rate.add(unit.arrivedAt);
    if (keyframe) this.#keyframe(payload);
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

  #keyframe(payload) {
    const { changed } = this.#sets.keyframe(payload);
    const { description } = this.#sets;
    if (!changed || description === null) return;
    this.#supported = Source.isTypeSupported(mimeType(description.codecString));
    this.#hooks.described(description);
    if (!this.#supported) {
      this.#skip('error', 0);
      this.#hooks.problem(unsupportedCodec(Codec.H264, description.codecString, Source.isTypeSupported(mimeType(PLAIN_H264))));
      return;
    }
    this.#player?.begin(description, this.#sets.units);
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
      failed: (message) => { if (player === this.#player) this.#failed(message); },
    });
    player.begin(this.#sets.description, this.#sets.units);
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
  #timeline = [];
  #number = 0;
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

  /** From here on the stream is another one. */
  begin(description, sets) {
    const sps = sets.find((unit) => kindOf(unit) === H264_SPS);
    const pictureSets = sets.filter((unit) => kindOf(unit) === H264_PPS);
    this.#queue.push({ codecString: description.codecString, data: initSegment(description, sps, pictureSets) });
  }

  add(unit, frameMs) {
    const units = nalUnits(unit.message.payload).filter((nal) => ![H264_SPS, H264_PPS, H264_DELIMITER].includes(kindOf(nal)));
    const durationMicros = Math.round(frameMs * 1000);
    this.#frameSeconds = frameMs / 1000;
    const sample = { number: ++this.#number, startMicros: this.#endMicros, durationMicros, keyframe: unit.message.keyframe };
    this.#queue.push({ codecString: null, data: mediaSegment(sample, units) });
    this.#timeline.push({ startSeconds: this.#endMicros / TIMESCALE, unit });
    this.#endMicros += durationMicros;
    this.#pump();
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
    const end = ranges.end(ranges.length - 1);
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
    // Half a frame's tolerance: media times come back rounded.
    while (this.#timeline.length > 0 && this.#timeline[0].startSeconds <= mediaSeconds + this.#frameSeconds / 2) {
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
