/** Which frames go on, how many may wait, how often to try again, and at what rate things happen. */

/** No more frames than these wait anywhere. */
export const MAX_WAITING_FRAMES = 600;

/** A jump of the sequence by more is no loss: the writer began again, or wrote nonsense. The server takes it so, too. */
const MOST_MISSED = 1000000n;

/** A server withholds no more units of parameter sets in a row. */
const MOST_WITHHELD = 16n;

/**
 * Lets through only pictures whose references came too: a keyframe first, then the frames that follow it without a
 * gap, or behind one in which nothing is missing that others refer to. A connection whose first frame is no keyframe
 * comes from a server that does not gate (an encoder with intra refresh); gaps are let through there, because a keyframe
 * may never come.
 */
export class KeyframeGate {
  #last = null;
  #open = false;
  #lenient = false;
  #leftOut = false;
  #reduced;
  /** Frames that were written but did not come, as far as the sequence shows. */
  missed = 0;
  /** Those of them that were missing right before a keyframe, and no more than a server may have withheld there. */
  missedBeforeKeyframes = 0;

  /** @param {boolean} [reduced]  fewer frames were asked for: what the server leaves out for that is no loss */
  constructor(reduced = false) {
    this.#reduced = reduced;
  }

  /** A new connection: nothing that comes continues what came before. */
  reset() {
    this.#last = null;
    this.#open = false;
    this.#lenient = false;
    this.#leftOut = false;
  }

  /** What is missing up to the next keyframe nobody wanted: it is no loss. */
  leaveOut() {
    this.#leftOut = true;
  }

  /** Whether it waits for a keyframe. */
  get shut() {
    return !this.#open;
  }

  /** Whether the sequence goes back on this connection: another writer. @param {{ frameSeq: bigint }} message */
  beginsAgain({ frameSeq }) {
    return this.#last !== null && frameSeq < this.#last;
  }

  /**
   * @param {{ frameSeq: bigint, keyframe: boolean, mayBeMissing?: number }} message  so many frames right before it no other
   *   refers to; undefined from a server that does not say so. Of a reduced stream that one sends only what can be decoded
   * @returns {boolean} whether the frame may be decoded
   */
  admits(message) {
    const { frameSeq, keyframe, mayBeMissing } = message;
    const dispensable = mayBeMissing === undefined && this.#reduced ? MOST_MISSED : BigInt(mayBeMissing ?? 0);
    if (this.#last === null && !keyframe) this.#lenient = true;
    const between = this.#last === null ? 0n : frameSeq - this.#last - 1n;
    const follows = this.#last !== null && between >= 0n && between <= dispensable;
    const unwanted = this.#leftOut || (this.#reduced && (keyframe || follows));
    if (between > 0n && between <= MOST_MISSED && !unwanted) {
      this.missed += Number(between);
      if (keyframe && between <= MOST_WITHHELD) this.missedBeforeKeyframes += Number(between);
    }
    if (keyframe) this.#leftOut = false;
    this.#last = frameSeq;
    this.#open = keyframe || this.#lenient || (this.#open && follows);
    return this.#open;
  }
}

/**
 * How many of the frames that did not come were lost. Units with nothing but parameter sets, which the server has put into
 * the keyframe behind them, are not sent, and leave a gap in the sequence. What is missing right before a keyframe, as
 * many as that may be, is a loss only as far as the server has not withheld so many.
 */
export class Withheld {
  /** What the server said last; null: nothing yet on this connection. */
  #count = null;
  /** Of those that it counted, how many were not found missing yet: their keyframe is on its way. */
  #credit = 0;
  #explained = 0;
  #settled = 0;

  /** A new connection, perhaps to another server. @param {number} missedBeforeKeyframes  up to now */
  connected(missedBeforeKeyframes) {
    this.#count = null;
    this.#credit = 0;
    this.#settle(missedBeforeKeyframes, Infinity);
  }

  /** Whether the server is to be asked. @param {number} missedBeforeKeyframes */
  open(missedBeforeKeyframes) {
    return missedBeforeKeyframes > this.#settled;
  }

  /**
   * @param {number} missedBeforeKeyframes  up to now
   * @param {number | undefined} count  of withheld frames, as the server says; undefined: it does not
   */
  told(missedBeforeKeyframes, count) {
    if (count === undefined) {
      this.#settle(missedBeforeKeyframes, 0);
      return;
    }
    // What was withheld before the first answer is not known.
    const withheld = this.#count === null ? Infinity : this.#credit + count - this.#count;
    this.#count = count;
    const explained = this.#settle(missedBeforeKeyframes, Math.max(0, withheld));
    this.#credit = withheld === Infinity ? 0 : Math.min(withheld - explained, Number(MOST_WITHHELD));
  }

  /** @param {number} missed @param {number} missedBeforeKeyframes  of them @returns {number} */
  lost(missed, missedBeforeKeyframes) {
    return missed - this.#explained - (missedBeforeKeyframes - this.#settled);
  }

  #settle(missedBeforeKeyframes, withheld) {
    const explained = Math.min(missedBeforeKeyframes - this.#settled, withheld);
    this.#explained += explained;
    this.#settled = missedBeforeKeyframes;
    return explained;
  }
}

/** So many units that go on with a picture, within that time, are no accident. */
const CONTINUATIONS = 4;
const CONTINUATIONS_MS = 2000;

/** Whether the units that come are pieces of pictures. A decoder would make a picture of each, and all of them wrong. */
export class SplitUnits {
  #times = [];

  /** @param {number} nowMs  when one came that does not begin a picture */
  continuation(nowMs) {
    this.#times.push(nowMs);
    if (this.#times.length > CONTINUATIONS) this.#times.shift();
  }

  /** @param {number} nowMs @returns {boolean} */
  holds(nowMs) {
    const times = this.#times;
    return times.length === CONTINUATIONS && times.at(-1) - times[0] < CONTINUATIONS_MS && nowMs - times.at(-1) < CONTINUATIONS_MS;
  }

  reset() {
    this.#times = [];
  }
}

const REJOIN_AFTER_MS = 2000;
const LONGEST_REJOIN_MS = 32000;

/** When to join anew because frames come and no picture can be made of them: seldom, where it has not helped. */
export class Rejoining {
  #afterMs = REJOIN_AFTER_MS;
  #joinedAt = -Infinity;

  /** @param {number | null} stuckSince  null: it is not @param {number} nowMs @returns {boolean} whether it is to be done now */
  due(stuckSince, nowMs) {
    if (stuckSince === null || nowMs - stuckSince < REJOIN_AFTER_MS || nowMs - this.#joinedAt < this.#afterMs) return false;
    this.#joinedAt = nowMs;
    this.#afterMs = Math.min(2 * this.#afterMs, LONGEST_REJOIN_MS);
    return true;
  }

  /** A picture was shown. */
  helped() {
    this.#afterMs = REJOIN_AFTER_MS;
  }
}

/** Waiting times between attempts: doubling up to a limit, each shortened at random by up to half. */
export class Backoff {
  #firstMs;
  #limitMs;
  #random;
  #attempts = 0;

  /**
   * @param {number} firstMs
   * @param {number} limitMs
   * @param {() => number} random  0…1
   */
  constructor(firstMs, limitMs, random = Math.random) {
    this.#firstMs = firstMs;
    this.#limitMs = limitMs;
    this.#random = random;
  }

  get attempts() {
    return this.#attempts;
  }

  /** @returns {number} milliseconds to wait before the next attempt */
  next() {
    const fullMs = Math.min(this.#limitMs, this.#firstMs * 2 ** Math.min(this.#attempts, 30));
    this.#attempts++;
    return fullMs * (1 - 0.5 * this.#random());
  }

  reset() {
    this.#attempts = 0;
  }
}

/** Sum per second over a sliding window. */
export class RateMeter {
  #windowMs;
  #entries = [];
  #sum = 0;

  constructor(windowMs = 2000) {
    this.#windowMs = windowMs;
  }

  add(nowMs, amount = 1) {
    this.#entries.push([nowMs, amount]);
    this.#sum += amount;
    this.#forget(nowMs);
  }

  perSecond(nowMs) {
    this.#forget(nowMs);
    const entries = this.#entries;
    if (entries.length < 2) return 0;
    const [firstMs, firstAmount] = entries[0];
    const lastMs = entries.at(-1)[0];
    const intervalMs = (lastMs - firstMs) / (entries.length - 1);
    // Until the next entry is overdue, the time since the last one says nothing about the rate.
    const spanMs = nowMs - lastMs <= 1.5 * intervalMs ? lastMs - firstMs : nowMs - firstMs;
    // The oldest entry marks the beginning of the span; what it counted lies before.
    return ((this.#sum - firstAmount) * 1000) / Math.max(spanMs, 1);
  }

  #forget(nowMs) {
    let old = 0;
    while (old < this.#entries.length && this.#entries[old][0] < nowMs - this.#windowMs) this.#sum -= this.#entries[old++][1];
    if (old > 0) this.#entries.splice(0, old);
  }
}
