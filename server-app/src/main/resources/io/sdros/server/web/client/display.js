/** Decoded pictures (VideoFrame or ImageBitmap): who closes them, which are shown, and when. */

/** Whoever takes a picture closes it; when handing it over fails nobody has taken it. */
export function handOver(picture, take) {
  try {
    take();
  } catch (error) {
    picture.close();
    throw error;
  }
}

/** As it is to be shown. @returns {{ width: number, height: number }} */
export function sizeOf(picture) {
  return { width: picture.displayWidth ?? picture.width, height: picture.displayHeight ?? picture.height };
}

const QUIET_MS = 6;
const MAX_CATCH_UP_MS = 1000;

/**
 * After joining, a burst of frames since the last keyframe comes before the live ones, and after a stall of the link what
 * waited in it. They are decoded, but only the last is shown: this holds back decoded pictures until the last of the burst is
 * there. It is the last when no newer one has come for a moment; after a stall, when one has come in time.
 */
export class CatchUp {
  #show;
  #held = null;
  #newest = -1;
  #last = null;
  #quiet = null;
  #limit = null;
  #afterStall = false;
  active = false;

  constructor(show) {
    this.#show = show;
  }

  /** @param {boolean} [afterStall] */
  begin(afterStall = false) {
    this.#stop();
    this.active = true;
    this.#afterStall = afterStall;
  }

  /** @returns {number} how many pictures were held back and are not to be shown */
  drop() {
    const held = this.#held;
    held?.picture.close();
    this.#held = null;
    return held === null ? 0 : 1;
  }

  #stop() {
    clearTimeout(this.#quiet);
    clearTimeout(this.#limit);
    this.#last = this.#limit = null;
    this.active = false;
  }

  /** A newer frame came. @param {number} index @param {boolean} inTime */
  arrived(index, inTime) {
    if (!this.active || this.#last !== null) return;
    this.#newest = index;
    this.#limit ??= setTimeout(() => this.#end(), MAX_CATCH_UP_MS);
    if (this.#afterStall) {
      if (inTime) this.#last = index;
      return;
    }
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      this.#last = this.#newest;
      if (this.#held !== null && this.#held.unit.index >= this.#last) this.#end();
    }, QUIET_MS);
  }

  /** @returns {number} how many pictures are not to be shown now that this one is there */
  decoded(picture, unit) {
    const superseded = this.drop();
    this.#held = { picture, unit };
    if (this.#last !== null && unit.index >= this.#last) this.#end();
    return superseded;
  }

  #end() {
    const held = this.#held;
    this.#held = null;
    this.#stop();
    if (held !== null) handOver(held.picture, () => this.#show(held.picture, held.unit));
  }
}

/** Paints the newest picture once per screen refresh. */
export class Painter {
  #canvas;
  #context;
  #painted;
  #superseded;
  #failed;
  #next = null;
  #requested = false;

  /** @param {object} hooks  painted(unit, width, height), superseded(), failed(error) */
  constructor(canvas, { painted, superseded, failed }) {
    this.#canvas = canvas;
    this.#painted = painted;
    this.#superseded = superseded;
    this.#failed = failed;
    this.#context = canvas.getContext('2d', { alpha: false });
    if (this.#context === null) throw new Error('the canvas has a context of another kind');
  }

  show(picture, unit) {
    if (this.#next !== null) {
      this.#next.picture.close();
      this.#superseded();
    }
    this.#next = { picture, unit };
    if (this.#requested) return;
    this.#requested = true;
    const request = globalThis.requestAnimationFrame ?? ((paint) => setTimeout(paint, 0));
    request(() => this.#paint());
  }

  /** @returns {number} how many pictures were to be painted */
  clear() {
    const next = this.#next;
    next?.picture.close();
    this.#next = null;
    return next === null ? 0 : 1;
  }

  #paint() {
    this.#requested = false;
    const next = this.#next;
    this.#next = null;
    if (next === null) return;
    const { picture, unit } = next;
    const { width, height } = sizeOf(picture);
    try {
      if (this.#canvas.width !== width || this.#canvas.height !== height) {
        this.#canvas.width = width;
        this.#canvas.height = height;
      }
      this.#context.drawImage(picture, 0, 0, width, height);
    } catch (error) {
      this.#failed(error);
      return;
    } finally {
      picture.close();
    }
    this.#painted(unit, width, height);
  }
}
