/** Which of a page's streams lose pictures first where its computer cannot decode and paint all of them. */

/** Pictures of which most take longer than so, from the network to the screen, are more than can be shown. */
const LATE_MS = 250;
const EASY_MS = 120;
const LOOK_MS = 100;
/** A moment in which something else wants the processor is no reason. */
const LATE_LOOKS = 15;
/** Whoever joins or comes back decodes what came since the last keyframe at once, and is late for that. */
const JOINING_MS = 5000;
/** What was begun has to be worked off before it is seen what a change has helped. */
const SETTLING_MS = 1500;
/** From many streams to a few in a few steps, and not all at once. */
const SHARE_OF_THE_REST = 4;
const FIRST_TRIAL_MS = 5000;
const LONGEST_TRIAL_MS = 120000;

/** One stream's part of the budget. */
export class DecodeShare {
  #budget;
  #showsSince = null;
  #shownLagMs = 0;
  /** How large it is to whoever looks at it: of two the larger one is reduced later. */
  areaPx = 0;
  /** Whether it has been shown for a while. */
  watched = false;
  /** How long its pictures took lately from the network to the screen, or the next one has waited, if that is more. */
  lagMs = 0;
  /** Only keyframes are to be decoded, and of these one a second. */
  reduced = false;

  /** @param {DecodeBudget} budget */
  constructor(budget) {
    this.#budget = budget;
  }

  /** A picture was shown. @param {number} lagMs  since it came from the network */
  shown(lagMs) {
    this.#shownLagMs = Math.max(this.#shownLagMs, lagMs);
  }

  /**
   * To be told again and again.
   * @param {number} nowMs
   * @param {{ shows: boolean, waitingMs: number }} showing  whether pictures are shown, and how long the next waits
   * @param {string} decoderKind  Media Source Extensions play on at their own pace
   * @returns {boolean} whether it is reduced
   */
  tell(nowMs, { shows, waitingMs }, decoderKind) {
    this.#showsSince = shows && decoderKind !== 'mse' ? this.#showsSince ?? nowMs : null;
    this.watched = this.#showsSince !== null && nowMs - this.#showsSince >= JOINING_MS;
    this.lagMs = Math.max(this.#shownLagMs, waitingMs);
    this.#shownLagMs = 0;
    this.#budget.look(this, nowMs);
    return this.reduced;
  }

  leave() {
    this.watched = this.reduced = false;
    this.#showsSince = null;
    this.#budget.leave(this);
  }
}

/**
 * A computer that has too much to do makes all streams late alike, and all of them stale now and then. While most of
 * those that are shown in full come late, the smallest ones are reduced to their keyframes, of equal ones those that came
 * last; one is never. When the others have come in time for a while, one after the other is tried again in full, after a
 * longer while each time that it was in vain.
 */
export class DecodeBudget {
  /** In the order in which they came. @type {Set<DecodeShare>} */
  #shares = new Set();
  #lookedAt = -Infinity;
  #lateLooks = 0;
  #settledAt = -Infinity;
  #easySince = null;
  #trialMs = FIRST_TRIAL_MS;
  #tried = false;

  /** @param {DecodeShare} share */
  leave(share) {
    this.#shares.delete(share);
  }

  /** @param {DecodeShare} share  that has something to tell @param {number} nowMs */
  look(share, nowMs) {
    this.#shares.add(share);
    if (nowMs - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = nowMs;
    const watched = [...this.#shares].filter((each) => each.watched).sort((a, b) => b.areaPx - a.areaPx);
    for (const each of this.#shares) if (!each.watched || each === watched[0]) each.reduced = false;
    const full = watched.filter(({ reduced }) => !reduced);
    const late = full.filter(({ lagMs }) => lagMs > LATE_MS);
    this.#lateLooks = late.length > full.length / 2 ? this.#lateLooks + 1 : 0;
    if (nowMs < this.#settledAt) return;
    if (this.#lateLooks >= LATE_LOOKS && full.length > 1) this.#reduce(full, nowMs);
    else this.#tryAgain(watched, full, nowMs);
  }

  #reduce(full, nowMs) {
    for (const share of full.slice(-Math.ceil((full.length - 1) / SHARE_OF_THE_REST))) share.reduced = true;
    if (this.#tried) this.#trialMs = Math.min(2 * this.#trialMs, LONGEST_TRIAL_MS);
    this.#tried = false;
    this.#settle(nowMs);
  }

  #tryAgain(watched, full, nowMs) {
    if (full.some(({ lagMs }) => lagMs > EASY_MS)) {
      this.#easySince = null;
      return;
    }
    this.#easySince ??= nowMs;
    if (nowMs - this.#easySince < this.#trialMs) return;
    const next = watched.find(({ reduced }) => reduced);
    if (this.#tried) this.#trialMs = FIRST_TRIAL_MS;
    this.#tried = next !== undefined;
    if (next === undefined) return;
    next.reduced = false;
    this.#settle(nowMs);
  }

  #settle(nowMs) {
    this.#settledAt = nowMs + SETTLING_MS;
    this.#lateLooks = 0;
    this.#easySince = null;
  }
}
