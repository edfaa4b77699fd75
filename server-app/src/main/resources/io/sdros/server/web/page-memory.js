/** What the page keeps for its tab, and which access token it uses. */

/** One per page: under one site there may be several robots, each with a token of its own. */
const TOKEN_KEY = () => `sdr.token ${new URL('.', location.href).pathname}`;

/** Storage may be forbidden; the page works without. */
export const remembered = {
  get(key) {
    try {
      return sessionStorage.getItem(key);
    } catch {
      return null;
    }
  },
  /** @returns {boolean} whether it is remembered */
  set(key, value) {
    try {
      sessionStorage.setItem(key, value);
      return true;
    } catch {
      return false;
    }
  },
};

/**
 * A token in the address is tried first, kept for the tab and taken out of the address, where it would be seen, copied,
 * and at each reload win over the one typed since. The one kept before is tried when it is refused.
 */
export class AccessToken {
  #spare = '';
  /** The one to be used. @type {string} */
  value;

  constructor() {
    const kept = remembered.get(TOKEN_KEY()) ?? '';
    const address = new URL(location.href);
    const given = address.searchParams.get('token');
    this.value = given ?? kept;
    if (given === null) return;
    if (kept !== given) this.#spare = kept;
    if (remembered.set(TOKEN_KEY(), given)) {
      address.searchParams.delete('token');
      history.replaceState(history.state, '', address);
    }
  }

  /** Somebody has typed one. */
  use(token) {
    this.#spare = '';
    this.#keep(token);
  }

  /** It was refused. @returns {boolean} whether there is another one now */
  refused() {
    if (this.#spare === '') return false;
    this.#keep(this.#spare);
    this.#spare = '';
    return true;
  }

  #keep(token) {
    this.value = token;
    remembered.set(TOKEN_KEY(), token);
  }
}
