/** Which subprotocol to offer. */

import { SDR2 } from './sdr2.js';

/** Answers to a plain request that explain why there was no WebSocket, whatever was offered. */
const EXPLAIN = [401, 403, 502, 503, 504];
const IS_A_WEBSOCKET = 426;

/**
 * A server that knows no subprotocol selects none. Then Chromium ends the handshake, as the standard for browsers has it,
 * and does not say why. So one that failed where a server is makes the next one go without.
 */
export class Negotiation {
  #offering = true;
  #selected = false;

  /** @returns {string[]} for the next attempt */
  get offered() {
    return this.#offering ? [SDR2] : [];
  }

  /** A connection stands. @param {string} protocol  as the server selected, or '' */
  opened(protocol) {
    if (protocol === SDR2) this.#selected = true;
  }

  /**
   * A handshake failed.
   * @param {number | null} status  of the answer to a plain request of the same address; null: none that may be read
   * @param {boolean} foreign  the server is not the page's own: the browser may keep answers from it
   * @returns {boolean} whether to try again at once, since this time it is another attempt
   */
  failed(status, foreign) {
    if (status === null ? !foreign || this.#selected : EXPLAIN.includes(status)) return false;
    if (status !== IS_A_WEBSOCKET && this.#selected) return false;
    this.#offering = !this.#offering;
    return status === IS_A_WEBSOCKET && !this.#offering;
  }
}
