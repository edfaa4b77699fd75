/** From message to picture. */

import { ParameterSets } from './bitstream.js';
import { decoderFor } from './decoders.js';
import { CatchUp, Painter } from './display.js';
import { KeyframeGate, MAX_WAITING_FRAMES, SplitUnits } from './flow.js';
import { clockMs } from './freshness.js';
import { SPLIT_UNITS } from './problems.js';
import { Codec } from './protocol.js';

const MAX_KEPT_BYTES = 16 * 1024 * 1024;
/** Reduced streams whose keyframes come more often are not shown more often. */
const REDUCED_INTERVAL_MS = 900;
/** What comes later than it could by more than that, and by so much later than the one before, has waited in the link. */
const LATE_MS = 300;
/** Nothing came for so long meanwhile. */
const STALL_MS = 500;

/** The frames since the last keyframe, kept while nothing is shown, so that showing can begin again at once. */
export class GroupBuffer {
  #units = [];
  #bytes = 0;

  /** @param {Unit} unit @returns {number} how many frames were thrown away */
  add(unit) {
    let dropped = 0;
    if (unit.message.keyframe) dropped = this.#empty();
    else if (this.#units.length === 0) return 1;
    this.#units.push(unit);
    this.#bytes += unit.message.payload.length;
    if (this.#bytes > MAX_KEPT_BYTES || this.#units.length > MAX_WAITING_FRAMES) dropped += this.#empty();
    return dropped;
  }

  /** @returns {Unit[]} all frames; the buffer is empty then */
  take() {
    const units = this.#units;
    this.#empty();
    return units;
  }

  #empty() {
    const count = this.#units.length;
    this.#units = [];
    this.#bytes = 0;
    return count;
  }
}

/** Everything between a parsed video message and the screen. */
export class Pipeline {
  #canvas;
  #hooks;
  #fallback;
  #gate;
  /** By codec. They outlive decoders, pauses and connections. */
  #sets;
  #split = new SplitUnits();
  #splitTold = false;
  #kept = new GroupBuffer();
  #keeps = true;
  /** Of what came on this connection. */
  #newestCommitNanos = -1n;
  /** Of the last one on it: when it came, and how late. @type {{ arrivedAt: number, lateMs: number } | null} */
  #last = null;
  #catchUp = new CatchUp((picture, unit) => this.#show(picture, unit));
  #painter = null;
  #decoder = null;
  #codec = null;
  #suspended = false;
  #resumed = false;
  #fedAt = -Infinity;
  /** Only keyframes are decoded, one a second at most. */
  reduced = false;
  /** Frames were left out for that, to which those up to the next keyframe refer. */
  #thinned = false;
  #index = 0;
  counts = { decoded: 0, painted: 0, delivered: 0, late: 0, error: 0, gap: 0, superseded: 0, suspended: 0 };
  /** By how many frames pictures were seen to come out of order; 0: the stream has no B-frames, as far as was seen. */
  reorderedFrames = 0;

  /**
   * @param {HTMLCanvasElement | OffscreenCanvas | null} canvas  null: pictures are handed to hooks.picture
   * @param {object} hooks  painted(unit, width, height), picture(picture, unit) → whether it was taken, problem(problem),
   *     described(description)
   * @param {(new (hooks: DecoderHooks) => object) | null} fallback  decodes H.264 where there is no WebCodecs
   * @param {boolean} [reduced]  fewer frames were asked for than there are
   * @param {boolean} [lowDelay]  decoders are told where pictures come in order
   */
  constructor(canvas, hooks, fallback, reduced = false, lowDelay = true) {
    this.#sets = { [Codec.H264]: new ParameterSets(Codec.H264, lowDelay), [Codec.HEVC]: new ParameterSets(Codec.HEVC) };
    this.#gate = new KeyframeGate(reduced);
    this.#canvas = canvas;
    this.#hooks = hooks;
    this.#fallback = fallback;
  }

  /** Which kind of decoder is at work. */
  get decoderKind() {
    return this.#decoder?.kind ?? '';
  }

  get missed() {
    return this.#gate.missed;
  }

  get missedBeforeKeyframes() {
    return this.#gate.missedBeforeKeyframes;
  }

  /** Whether nothing of what comes can be shown before the next keyframe. */
  get needsKeyframe() {
    return this.#gate.shut || this.#decoder === null || this.#decoder.needsKeyframe || (this.#thinned && !this.reduced);
  }

  /** Whether frames are left out that could be decoded. */
  get thins() {
    return this.reduced || this.#thinned;
  }

  get codec() {
    return this.#codec;
  }

  /** How many frames wait for the decoder or are in it. */
  get inside() {
    return this.#decoder?.inside ?? 0;
  }

  /**
   * A new connection: the next frame does not continue the last one.
   * @param {boolean} keeps  what comes while suspended is kept, since it will not come again
   */
  restart(keeps) {
    this.#keeps = keeps;
    this.#newestCommitNanos = -1n;
    this.#last = null;
    this.#gate.reset();
    this.#split.reset();
    this.#splitTold = false;
    this.#kept.take();
    this.#discardDecoder('superseded');
    this.#resumed = false;
    this.#thinned = false;
    this.reorderedFrames = 0;
    this.#catchUp.begin();
  }

  /**
   * @param {VideoMessage} message
   * @param {number} arrivedAt
   * @param {FrameTimesMessage | null} times  of it
   * @param {number} [lateMs]  by how much it came later than frames can
   */
  accept(message, arrivedAt, times, lateMs = 0) {
    if (this.#gate.beginsAgain(message)) this.#begunAgain(times);
    if (this.#stalledUntil(arrivedAt, lateMs) && !this.#catchUp.active) this.#catchUp.begin(true);
    this.#last = { arrivedAt, lateMs };
    if (times !== null && times.commitNanos > this.#newestCommitNanos) this.#newestCommitNanos = times.commitNanos;
    const { data, picture, begins, outOfOrder, format } = this.#sets[message.codec]?.accessUnit(message.payload, message.keyframe)
      ?? { data: message.payload, picture: true, begins: true, outOfOrder: false, format: null };
    const admitted = this.#gate.admits({ frameSeq: message.frameSeq, keyframe: message.keyframe, mayBeMissing: times?.mayBeMissing });
    if (!picture) return;
    if (!begins) this.#split.continuation(arrivedAt);
    if (!begins || this.#split.holds(arrivedAt)) {
      this.#refuseSplit(arrivedAt);
      return;
    }
    this.#splitTold = false;
    if (!admitted) {
      this.counts.gap++;
      return;
    }
    const unit = { index: this.#index++, arrivedAt, decodedAt: arrivedAt, times, inTime: lateMs <= LATE_MS, message, data, outOfOrder, format };
    if (!this.#suspended) this.#feedUnlessReduced(unit);
    else this.counts.suspended += this.#keeps ? this.#kept.add(unit) : 1;
  }

  /** A frame came first after a stall of the link. A camera that is slow or stood still makes none late. */
  #stalledUntil(arrivedAt, lateMs) {
    const last = this.#last;
    return last !== null && arrivedAt - last.arrivedAt > STALL_MS && lateMs > LATE_MS && lateMs - last.lateMs > LATE_MS;
  }

  #feedUnlessReduced(unit) {
    const { keyframe } = unit.message;
    this.#thinned = this.reduced ? !keyframe || unit.arrivedAt - this.#fedAt < REDUCED_INTERVAL_MS : this.#thinned && !keyframe;
    if (this.#thinned) {
      this.counts.late++;
      return;
    }
    this.#fedAt = unit.arrivedAt;
    this.#feed(unit);
  }

  /** The same group once more, as to somebody who joins, or another writer. @param {FrameTimesMessage | null} times */
  #begunAgain(times) {
    if (times !== null && times.commitNanos <= this.#newestCommitNanos) this.#catchUp.begin();
    else for (const sets of Object.values(this.#sets)) sets.forget();
  }

  #refuseSplit(nowMs) {
    this.counts.error++;
    if (!this.#split.holds(nowMs) || this.#splitTold) return;
    this.#splitTold = true;
    this.#discardDecoder('superseded');
    this.#hooks.problem(SPLIT_UNITS);
  }

  /** Stops decoding and showing; what comes is kept from the last keyframe on, unless it will come again. */
  suspend() {
    if (this.#suspended) return;
    this.#suspended = true;
    this.#discardDecoder('suspended');
  }

  /** @returns {boolean} whether there is something at hand that a picture can begin with */
  resume() {
    // Somebody clicked, perhaps: that may be what the decoder waits for.
    this.#decoder?.play?.();
    if (!this.#suspended) return true;
    this.#suspended = false;
    this.#resumed = true;
    this.#catchUp.begin();
    if (!this.#keeps) this.#gate.leaveOut();
    const kept = this.#kept.take();
    // Without a keyframe at hand the decoder, new as it is, waits for one by itself.
    for (const unit of kept) this.#feed(unit);
    return kept.length > 0;
  }

  close() {
    this.#discardDecoder('superseded');
    this.#kept.take();
  }

  #feed(unit) {
    if (unit.message.codec !== this.#codec || this.#decoder === null) {
      this.#discardDecoder('superseded');
      this.#codec = unit.message.codec;
      this.#decoder = this.#newDecoder(this.#codec);
    }
    this.#catchUp.arrived(unit.index, unit.inTime);
    this.#decoder.feed(unit, this.#catchUp.active);
  }

  #newDecoder(codec) {
    let current = null;
    const ifCurrent = (action) => (...details) => { if (current === null || current === this.#decoder) action(...details); };
    current = decoderFor(codec, {
      decoded: (picture, unit) => {
        if (current === null || current === this.#decoder) this.#decoded(picture, unit);
        else picture.close();
      },
      dropped: ifCurrent((frames, reason) => { this.counts[this.#countedAs(reason)] += frames; }),
      reordered: ifCurrent((frames) => { this.reorderedFrames = Math.max(this.reorderedFrames, frames); }),
      problem: ifCurrent((problem) => this.#hooks.problem(problem)),
      described: ifCurrent((description) => this.#hooks.described(description)),
    }, this.#fallback);
    return current;
  }

  #countedAs(reason) {
    // Whoever paused wanted no pictures, and gets them from the next keyframe on.
    if (reason === 'first') return this.#resumed ? 'suspended' : 'gap';
    // While catching up, frames before a newer keyframe are not late: nobody was to see them.
    return reason === 'late' && this.#catchUp.active ? 'superseded' : reason;
  }

  #decoded(picture, unit) {
    this.counts.decoded++;
    unit.decodedAt = clockMs();
    if (this.#suspended) {
      picture.close();
    } else if (unit.outOfOrder) {
      // Perhaps something later is on the screen already.
      picture.close();
      this.counts.superseded++;
    } else if (this.#catchUp.active) {
      this.counts.superseded += this.#catchUp.decoded(picture, unit);
    } else {
      this.#show(picture, unit);
    }
  }

  #show(picture, unit) {
    if (this.#canvas === null) {
      if (this.#hooks.picture(picture, unit)) this.counts.delivered++;
      else this.counts.superseded++;
      return;
    }
    try {
      this.#painter ??= new Painter(this.#canvas, {
        painted: (shown, width, height) => { this.counts.painted++; this.#hooks.painted(shown, width, height); },
        superseded: () => { this.counts.superseded++; },
        failed: (error) => this.#notPainted(error),
      });
    } catch (error) {
      picture.close();
      this.#notPainted(error);
      return;
    }
    this.#painter.show(picture, unit);
  }

  #notPainted(error) {
    this.counts.error++;
    this.#hooks.problem({ reason: 'canvas', why: 'canvas-in-use', message: `The canvas cannot be painted on: ${error.message}` });
  }

  /** @param {'suspended' | 'superseded'} reason  what becomes of the frames that are in it */
  #discardDecoder(reason) {
    const held = this.#catchUp.drop() + (this.#painter?.clear() ?? 0);
    this.counts[reason] += held + (this.#decoder?.close() ?? 0);
    this.#decoder = null;
  }
}
