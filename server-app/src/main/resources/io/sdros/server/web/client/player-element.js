/**
 * <sdr-player>: a stream as an element. It makes a client and a canvas of its own for each connection, so that it may be
 * taken out of the page, put somewhere else and come back, and nothing of a former connection stays behind.
 *
 *     <sdr-player stream="front" label="Front camera" muted></sdr-player>
 *
 * Attributes, each a property, too: `url` of the server or of a stream; `stream`, its name; `token`, which as a property
 * does not show in the document; `label`, shown in a corner; `telemetry`, the option of SdrClient; `max-fps`
 * (`maxFps`): so many frames a second at most, as that option; `muted`: without telemetry; `bare`: it shows the picture only,
 * and the page says the state itself. Events are those of SdrClient. A canvas that is a child with slot="picture" takes the
 * place of its own; after each connection it is replaced by a copy.
 */

import { SdrClient } from './client.js';
import { endParked } from './placement.js';
import { streamAddress } from './player-address.js';
import { PlayerFace } from './player-face.js';
import { IDLE } from './state.js';

/** Whoever only scrolls past, or looks into another tab for a moment, keeps the connection. */
const UNSEEN_MS = 1000;
const EVENTS = ['state', 'statistics', 'frame', 'telemetry', 'telemetryvalues', 'server', 'error'];
/** Attributes with their properties. */
const TEXTS = { url: 'url', stream: 'stream', label: 'label', telemetry: 'telemetry', 'max-fps': 'maxFps' };
const SWITCHES = ['muted', 'bare'];

const UNSEEN = Object.freeze({
  ...IDLE, state: 'paused', reason: 'hidden', why: 'hidden', message: 'Not connected while nobody can see it.',
});

/** Node has no elements, and imports this module all the same. */
const Element = globalThis.HTMLElement ?? class {};

export class SdrPlayer extends Element {
  static observedAttributes = [...Object.keys(TEXTS), 'token', ...SWITCHES];

  #face = null;
  #client = null;
  #canvas = null;
  #address = null;
  #state = IDLE;
  #paused = false;
  #token = null;
  /** Null: not known yet. */
  #inView = null;
  #unseenTimer = null;
  #settling = false;
  #observer = null;
  /** The page is kept for whoever goes back to it, and frozen. */
  #kept = false;
  #onVisibility = () => this.#settle();
  #onPageHide = ({ persisted }) => {
    if (persisted) this.#keep();
  };
  #onPageShow = () => {
    this.#kept = false;
    this.#settle();
  };

  connectedCallback() {
    // What was set before this class was there hides its accessors.
    for (const name of [...Object.values(TEXTS), 'token', ...SWITCHES].filter((own) => Object.hasOwn(this, own))) {
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    this.#face ??= new PlayerFace(this, () => this.#act());
    if (this.#observer === null && typeof IntersectionObserver !== 'undefined') {
      this.#observer = new IntersectionObserver((entries) => {
        this.#inView = entries[entries.length - 1].isIntersecting;
        this.#settle();
      });
      this.#observer.observe(this);
    } else if (this.#observer === null) {
      this.#inView = true;
    }
    document.addEventListener('visibilitychange', this.#onVisibility);
    addEventListener('pagehide', this.#onPageHide);
    addEventListener('pageshow', this.#onPageShow);
    this.#settle();
  }

  disconnectedCallback() {
    this.#settle();
  }

  attributeChangedCallback(name, before, after) {
    if (before === after) return;
    if (name === 'token') this.token = after;
    else if (name === 'label' || name === 'bare') this.#face?.draw(this.#state, this.pictureAgeMs);
    else this.#settle();
  }

  /** Whoever sets it as a property does not have it in the document, where it could be seen and copied. */
  get token() {
    return this.#token;
  }

  set token(value) {
    const token = value ?? null;
    if (token === this.#token) return;
    this.#token = token;
    this.#client?.setToken(token ?? '');
  }

  /** The client of the connection; null while there is none. @returns {SdrClient | null} */
  get client() {
    return this.#client;
  }

  /** Where the connection's pictures are painted; null while there is none. @returns {HTMLCanvasElement | null} */
  get canvas() {
    return this.#canvas;
  }

  /** @returns {ClientState} */
  get state() {
    return this.#state;
  }

  /** @returns {Statistics | null} */
  get statistics() {
    return this.#client?.statistics ?? null;
  }

  /** @returns {number | null} */
  get pictureAgeMs() {
    return this.#client?.pictureAgeMs ?? null;
  }

  /** Freezes the picture, in later connections, too. */
  pause() {
    this.#paused = true;
    this.#client?.pause();
  }

  /** Goes on with the live picture. */
  resume() {
    this.#paused = false;
    this.#client?.resume();
  }

  /** Tries again now; with a new client where the one of before has failed. */
  retry() {
    if (this.#state.state === 'failed') this.#disconnect();
    else this.#client?.retry();
    this.#settle();
  }

  #act() {
    if (this.#state.why === 'play-blocked') this.resume();
    else this.retry();
  }

  /** Frameworks change several attributes one by one, and take an element out only to put it in again: once at the end. */
  #settle() {
    if (this.#settling) return;
    this.#settling = true;
    queueMicrotask(() => {
      this.#settling = false;
      this.#settled();
    });
  }

  #settled() {
    if (!this.isConnected) {
      this.#leave();
      return;
    }
    if (this.#kept) return;
    const seen = this.#inView !== false && document.visibilityState !== 'hidden';
    clearTimeout(this.#unseenTimer);
    this.#unseenTimer = null;
    if (this.muted && !seen && this.#client !== null) {
      this.#unseenTimer = setTimeout(() => {
        this.#disconnect();
        this.#enter(UNSEEN);
      }, UNSEEN_MS);
    }
    // A muted one that nobody has seen yet need not connect; another one is listened to all the same.
    const wanted = this.#client !== null || !this.muted || (seen && this.#inView === true);
    if (wanted) this.#connectTo(this.#wantedAddress());
    this.#tellPlace();
  }

  #tellPlace() {
    this.#client?.setInView(this.#inView !== false, this.clientWidth * this.clientHeight);
  }

  #wantedAddress() {
    try {
      return streamAddress(this, document.baseURI, import.meta.url);
    } catch (error) {
      this.#enter({ ...IDLE, state: 'failed', reason: 'address', why: 'bad-address', message: error.message });
      return null;
    }
  }

  #connectTo(address) {
    if (address === this.#address) return;
    this.#disconnect();
    if (address === null) return;
    this.#address = address;
    this.#canvas = this.#newCanvas();
    const client = new SdrClient({ canvas: this.#canvas, url: address, token: this.token ?? '', telemetry: this.telemetry ?? 'each' });
    this.#client = client;
    for (const type of EVENTS) client.addEventListener(type, ({ detail }) => this.#happened(client, type, detail));
    this.#face.begin(() => this.#face.draw(this.#state, this.pictureAgeMs));
    this.#tellPlace();
    client.start();
    if (this.#paused) client.pause();
  }

  #newCanvas() {
    return this.querySelector(':scope > canvas[slot="picture"]') ?? this.#face.newCanvas();
  }

  /** What a client has painted on cannot be used again, and a picture of then would be taken for one of now. */
  #dropCanvas() {
    const canvas = this.#canvas;
    this.#canvas = null;
    this.#face?.dropCanvas();
    if (canvas === null || canvas.parentNode !== this) return;
    const fresh = canvas.cloneNode(false);
    fresh.removeAttribute('style');
    canvas.replaceWith(fresh);
  }

  #happened(client, type, detail) {
    if (client !== this.#client) return;
    if (type === 'state') this.#enter(detail);
    else this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #enter(state) {
    this.#state = state;
    this.#face?.draw(state, this.pictureAgeMs);
    this.dispatchEvent(new CustomEvent('state', { detail: state }));
  }

  #disconnect() {
    clearTimeout(this.#unseenTimer);
    this.#unseenTimer = null;
    const client = this.#client;
    this.#client = null;
    this.#address = null;
    this.#face?.end();
    client?.close();
    this.#dropCanvas();
  }

  #keep() {
    this.#kept = true;
    this.#disconnect();
    endParked();
    this.#enter(IDLE);
  }

  #leave() {
    this.#disconnect();
    this.#observer?.disconnect();
    this.#observer = null;
    this.#inView = null;
    document.removeEventListener('visibilitychange', this.#onVisibility);
    removeEventListener('pagehide', this.#onPageHide);
    removeEventListener('pageshow', this.#onPageShow);
    this.#kept = false;
    if (this.#state !== IDLE) this.#enter(IDLE);
  }
}

for (const [attribute, property] of Object.entries(TEXTS)) {
  Object.defineProperty(SdrPlayer.prototype, property, {
    configurable: true,
    enumerable: true,
    get() { return this.getAttribute(attribute); },
    set(value) {
      if (value === null || value === undefined) this.removeAttribute(attribute);
      else this.setAttribute(attribute, value);
    },
  });
}

for (const name of SWITCHES) {
  Object.defineProperty(SdrPlayer.prototype, name, {
    configurable: true,
    enumerable: true,
    get() { return this.hasAttribute(name); },
    set(value) { this.toggleAttribute(name, Boolean(value)); },
  });
}

// Pages may load this module twice: as sdr-client.js and in a bundle.
if (globalThis.customElements?.get('sdr-player') === undefined) globalThis.customElements?.define('sdr-player', SdrPlayer);
