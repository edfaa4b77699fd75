/** What time it is, how old the picture is, and from when on that is too old. */

/** Milliseconds since the epoch from the monotonic clock: the same in a page and its workers. */
export const clockMs = () => performance.timeOrigin + performance.now();

const REPLAY_MS = 250;

/**
 * How old frames can be, although they have only just come. A connection begins with a replay, which is from long ago
 * when the writer has died since, and the frame header has no time. The server knows how old its newest frame is: nothing
 * that came before it said so was written later. When that is too old, what comes is taken to be of the replay (which may
 * take its time on a slow link) until the server has been asked again.
 */
export class Freshness {
  #staleAfterMs;
  #connectedAt = 0;
  #answeredAt = null;
  #newestAt = 0;
  #arrivedAt = null;

  constructor(staleAfterMs) {
    this.#staleAfterMs = staleAfterMs;
  }

  connected(nowMs) {
    this.#connectedAt = nowMs;
    this.#answeredAt = null;
    this.#arrivedAt = null;
  }

  arrived(nowMs) {
    this.#arrivedAt = nowMs;
  }

  /** @param {number | null} newestAgeMs  of the server's newest frame, as it says; null: it has had none yet */
  answered(nowMs, newestAgeMs) {
    this.#answeredAt = nowMs;
    this.#newestAt = nowMs - (newestAgeMs ?? 0);
  }

  /** The server's frames were old when it last said so; one that came since may be new. */
  get doubtful() {
    return this.#old && this.#arrivedAt !== null && this.#arrivedAt > this.#answeredAt;
  }

  get #old() {
    return this.#answeredAt !== null && this.#answeredAt - this.#newestAt > this.#staleAfterMs;
  }

  /**
   * @param {number} arrivedAt  of a frame of this connection
   * @returns {number | null} a time after which it was not written; null: not known yet
   */
  writtenBy(arrivedAt) {
    if (this.#answeredAt === null) {
      // Nobody who may be asked: what comes a while after the connection was made is taken to be live.
      return arrivedAt - this.#connectedAt >= REPLAY_MS ? arrivedAt : null;
    }
    return this.#old || arrivedAt <= this.#answeredAt ? Math.min(arrivedAt, this.#newestAt) : arrivedAt;
  }
}

/** Frames that come closer together were held up somewhere and say nothing about their interval. */
const BURST_MS = 4;
const INTERVALS_KEPT = 5;
const MAX_FRAMES_APART = 1000n;

/** How far apart a stream's frames are written, from when they come: what is lost or bunched on the way does not count. */
export class FrameInterval {
  #from = null;
  #lastMs = null;
  #intervals = [];

  /** Nothing that comes continues what came before; what was learnt stays. */
  reset() {
    this.#from = null;
    this.#lastMs = null;
  }

  /** @param {number} nowMs @param {bigint} frameSeq */
  arrived(nowMs, frameSeq) {
    const lastMs = this.#lastMs;
    this.#lastMs = nowMs;
    // What comes before the first pause may be a replay, which is sent at once however long it took to make.
    if (lastMs === null || nowMs - lastMs < BURST_MS) return;
    const from = this.#from;
    this.#from = { nowMs, frameSeq };
    if (from === null) return;
    const written = frameSeq - from.frameSeq;
    if (written < 1n || written > MAX_FRAMES_APART) return;
    this.#intervals.push((nowMs - from.nowMs) / Number(written));
    if (this.#intervals.length > INTERVALS_KEPT) this.#intervals.shift();
  }

  /** The median of the last five; null before the first. @returns {number | null} */
  get milliseconds() {
    if (this.#intervals.length === 0) return null;
    return this.#intervals.slice().sort((a, b) => a - b)[this.#intervals.length >> 1];
  }
}

const STALE_INTERVALS = 3;
/** While a stream's interval is not known it may be a slow one: a frame a second is no outage. */
const UNKNOWN_LIMIT_MS = 1500;
const REDUCED_LIMIT_MS = 2000;
const FIRST_HOLD_MS = 250;
const LONGEST_HOLD_MS = 2000;
const RELAPSE_MS = 10000;

/**
 * When a picture is too old to steer by: beyond the larger of a fixed time and three frame intervals. The alarm ends only
 * when pictures have been young for a while, a longer one each time that it comes back soon.
 */
export class StaleAlarm {
  #floorMs;
  #holdMs = FIRST_HOLD_MS;
  #youngSince = null;
  #endedAt = -Infinity;
  raised = false;

  /** @param {number} floorMs */
  constructor(floorMs) {
    this.#floorMs = floorMs;
  }

  /** @param {number | null} intervalMs  between frames; null: not known @param {boolean} [reduced]  to one a second @returns {number} */
  limitMs(intervalMs, reduced = false) {
    const ofFramesMs = intervalMs === null ? UNKNOWN_LIMIT_MS : STALE_INTERVALS * intervalMs;
    return Math.max(this.#floorMs, ofFramesMs, reduced ? REDUCED_LIMIT_MS : 0);
  }

  /** What is shown next begins anew: somebody has just asked for it. */
  reset() {
    this.raised = false;
    this.#youngSince = null;
  }

  /**
   * @param {number} nowMs
   * @param {number} ageMs  of the picture shown
   * @param {number} limitMs
   * @returns {boolean} whether it is too old
   */
  check(nowMs, ageMs, limitMs) {
    if (ageMs > limitMs) {
      if (!this.raised) {
        const relapse = nowMs - this.#endedAt < RELAPSE_MS;
        this.#holdMs = relapse ? Math.min(4 * this.#holdMs, LONGEST_HOLD_MS) : FIRST_HOLD_MS;
      }
      this.raised = true;
      this.#youngSince = null;
    } else if (this.raised) {
      this.#youngSince ??= nowMs;
      if (nowMs - this.#youngSince >= this.#holdMs) {
        this.raised = false;
        this.#endedAt = nowMs;
        this.#youngSince = null;
      }
    }
    return this.raised;
  }
}
