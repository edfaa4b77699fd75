/** What the page tells those who listen: one text after the other, none replaced before it could be taken up. */

/** A state that lasts shorter is only passed through. */
const STATE_LASTS_MS = 600;
/** Chosen: screen readers hear of a change within some hundred milliseconds, and read what is there by then. */
const STAYS_MS = 1000;
/** Between two equal texts, or the second would be no change. */
const EMPTY_MS = 100;
/** Somebody who presses a key over and over waits for no more than these. */
const MAX_WAITING = 3;

export class Announcer {
  #show;
  #timers;
  #shown = '';
  #standing = false;
  #waiting = [];
  #comingState = '';
  #state = '';
  #stateSaid = '';
  #stateTimer;

  /**
   * @param {(text: string) => void} show  puts it into the document's live region
   * @param {{ setTimeout: Function, clearTimeout: Function }} timers
   */
  constructor(show, timers = globalThis) {
    this.#show = show;
    this.#timers = timers;
  }

  /** Something that somebody did is done, or not. @param {string} text */
  say(text) {
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(text);
    this.#next();
  }

  /** How things are from now on: said once that has lasted, and nothing else is to be said. @param {string} text */
  state(text) {
    if (text === this.#comingState) return;
    this.#comingState = text;
    this.#timers.clearTimeout(this.#stateTimer);
    this.#stateTimer = this.#timers.setTimeout(() => {
      this.#state = text;
      this.#next();
    }, STATE_LASTS_MS);
  }

  #next() {
    if (this.#standing) return;
    if (this.#waiting.length > 0) this.#put(this.#waiting.shift());
    else if (this.#state !== this.#stateSaid) {
      this.#stateSaid = this.#state;
      this.#put(this.#state);
    }
  }

  #put(text) {
    if (text === this.#shown) {
      this.#replace('', EMPTY_MS, () => this.#put(text));
    } else {
      this.#replace(text, STAYS_MS, () => this.#next());
    }
  }

  #replace(text, forMs, then) {
    this.#shown = text;
    this.#show(text);
    this.#standing = true;
    this.#timers.setTimeout(() => {
      this.#standing = false;
      then();
    }, forMs);
  }
}
