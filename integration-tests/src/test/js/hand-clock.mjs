/**
 * A clock that is moved by hand, and its timers. Node's own mock timers are called differently from one version to the next.
 */
export class HandClock {
  nowMs;
  #due = [];

  /** @param {number} nowMs */
  constructor(nowMs = 0) {
    this.nowMs = nowMs;
  }

  setTimeout = (call, ms) => {
    const timer = { atMs: this.nowMs + ms, call };
    this.#due.push(timer);
    return timer;
  };

  clearTimeout = (timer) => {
    this.#due = this.#due.filter((other) => other !== timer);
  };

  /** Takes the place of the global timers until the test ends. @param {import('node:test').TestContext} context */
  rule(context) {
    const { setTimeout, clearTimeout } = globalThis;
    Object.assign(globalThis, { setTimeout: this.setTimeout, clearTimeout: this.clearTimeout });
    context.after(() => Object.assign(globalThis, { setTimeout, clearTimeout }));
  }

  /** Timers that are due meanwhile are called in their order, each at its time. @param {number} ms */
  pass(ms) {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const [next] = this.#due.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.clearTimeout(next);
      this.nowMs = next.atMs;
      next.call();
    }
    this.nowMs = untilMs;
  }
}
