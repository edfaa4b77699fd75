/** Which frames go on, how many may wait, how often to try again, and at what rate things happen. */

/** No more frames than these wait anywhere. */
export const MAX_WAITING_FRAMES = 600;

/** A jump of the sequence by more is no loss: the writer began again, or wrote nonsense. The server takes it so, too. */
const MOST_MISSED = 1000000n;

/**
 * Lets through only pictures whose references came too: a keyframe first, then the frames that follow it without a
 * gap. A connection whose first frame is no keyframe comes from a server that does not gate (an encoder with intra
 * refresh); gaps are let through there, because a keyframe may never come.
 */
export class KeyframeGate {
  #last = null;
  #open = false;
  #lenient = false;
  /** Frames that were written but did not come, as far as the sequence shows. */
  missed = 0;

  /** A new connection: nothing that comes continues what came before. */
  reset() {
    this.#last = null;
    this.#open = false;
    this.#lenient = false;
  }

  /**
   * @param {{ frameSeq: bigint, keyframe: boolean }} message
   * @returns {boolean} whether the frame may be decoded
   */
  admits(message) {
    const { frameSeq, keyframe } = message;
    if (this.#last === null && !keyframe) this.#lenient = true;
    const follows = this.#last !== null && frameSeq === this.#last + 1n;
    const between = this.#last === null ? 0n : frameSeq - this.#last - 1n;
    if (between > 0n && between <= MOST_MISSED) this.missed += Number(between);
    this.#last = frameSeq;
    this.#open = keyframe || this.#lenient || (this.#open && follows);
    return this.#open;
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
