/** Where the work is done: in a worker where the browser can paint from one, else on the page's thread. */

import { DecodeBudget } from './decode-budget.js';
import { clockMs } from './freshness.js';
import { Receiver } from './receiver.js';

const WORKER_START_MS = 4000;
const PARKED_MS = 3000;
const WATCH_MS = 1000;
const QUIET_LOOKS = 2;
const SILENT_LOOKS = 5;

/** Which client paints on a canvas. @type {WeakMap<HTMLCanvasElement, object>} */
const canvasOwners = new WeakMap();

/**
 * A canvas goes to a worker once and for ever. So what a closed client had of the worker waits for a moment for the next
 * client of its canvas (frameworks take components down only to put them up again). Null: it has waited, and the canvas is
 * spent.
 * @type {WeakMap<HTMLCanvasElement, { place: Place, timer: number } | null>}
 */
const parked = new WeakMap();

/** Their canvases, for those who cannot wait. @type {Set<HTMLCanvasElement>} */
const parkedCanvases = new Set();

/** The page's worker, which all its clients share, or the attempt to start it; null while nobody needs one. */
let current = null;

/** Of the clients that do their work on the page. */
const budgetOfPage = new DecodeBudget();

/** Tells what a worker says for one client from what it says for another. */
let generations = 0;

/** From now on nobody else paints there. @throws {Error} while another client does */
export function claimCanvas(canvas, client) {
  if (canvasOwners.has(canvas)) throw new Error('another client that was not closed paints on it');
  canvasOwners.set(canvas, client);
}

/** Does nothing for a client that never had it. */
export function releaseCanvas(canvas, client) {
  if (canvasOwners.get(canvas) === client) canvasOwners.delete(canvas);
}

/** @param {HTMLCanvasElement | null} canvas */
export function workerPossible(canvas) {
  return typeof Worker !== 'undefined' && typeof VideoDecoder !== 'undefined'
    && (canvas === null || (typeof OffscreenCanvas !== 'undefined' && 'transferControlToOffscreen' in canvas));
}

/** A worker and its clients. It ends with the last of them. */
class SharedWorkplace {
  #worker;
  #places = 0;
  ended = false;
  /** By generation. @type {Map<number, { emit: (type: string, detail: object) => void, broke: (message: string) => void }>} */
  #clients = new Map();

  constructor(worker) {
    this.#worker = worker;
    worker.onmessage = ({ data: { generation, type, detail } }) => {
      if (this.#clients.has(generation)) this.#clients.get(generation).emit(type, detail);
      // What it said for a client that has been closed may still have been on its way.
      else detail.picture?.close();
    };
    worker.onerror = (event) => this.#broke(event.message || 'an error without a message');
    worker.onmessageerror = () => this.#broke('a message from it could not be read');
  }

  #broke(message) {
    for (const { broke } of [...this.#clients.values()]) broke(message);
  }

  /** @returns {Place} for one client and, after it, the next one of its canvas */
  newPlace() {
    this.#places++;
    return new Place(this);
  }

  left() {
    if (--this.#places > 0) return;
    this.ended = true;
    this.#worker.terminate();
    giveUp(this);
  }

  enter(generation, client) {
    this.#clients.set(generation, client);
  }

  leave(generation) {
    this.#clients.delete(generation);
  }

  post(message, transfer = []) {
    this.#worker.postMessage(message, transfer);
  }
}

/** What one client has of the worker: room for one canvas. */
class Place {
  #workplace;
  /** Under which the worker keeps the canvas; 0: it has none. */
  surface = 0;
  generation = 0;

  constructor(workplace) {
    this.#workplace = workplace;
  }

  open(options, canvas, client) {
    const transfer = [];
    let surface = null;
    if (canvas !== null && this.surface === 0) {
      surface = canvas.transferControlToOffscreen();
      transfer.push(surface);
    }
    this.generation = ++generations;
    if (surface !== null) this.surface = this.generation;
    this.#workplace.enter(this.generation, client);
    this.#workplace.post({ open: { options, surface, surfaceKey: this.surface, generation: this.generation } }, transfer);
  }

  call(method, details) {
    this.#workplace.post({ generation: this.generation, call: method, details });
  }

  close() {
    this.#workplace.leave(this.generation);
    this.#workplace.post({ generation: this.generation, close: true });
  }

  /** The worker may forget the canvas. */
  terminate() {
    if (this.surface !== 0) this.#workplace.post({ forget: this.surface });
    this.#workplace.left();
  }

  /** It does not respond: later clients get another one. */
  giveUp() {
    giveUp(this.#workplace);
  }
}

/** @param {SharedWorkplace} workplace  later clients do not get it */
function giveUp(workplace) {
  if (current?.workplace === workplace) current = null;
}

/** @returns {Promise<Worker | null>} null when the browser does not let it run, e.g. on a page of another origin */
function startWorker() {
  return new Promise((resolve) => {
    let worker;
    try {
      // Bundlers recognise it by these words, and take the worker along.
      worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'sdr-client' });
    } catch {
      resolve(null);
      return;
    }
    const settle = (result) => {
      clearTimeout(timer);
      worker.onmessage = worker.onerror = null;
      if (result === null) worker.terminate();
      resolve(result);
    };
    const timer = setTimeout(() => settle(null), WORKER_START_MS);
    worker.onmessage = (event) => settle(event.data.able ? worker : null);
    worker.onerror = () => settle(null);
  });
}

function start() {
  const starting = { workplace: null, started: null };
  starting.started = startWorker().then((worker) => {
    if (worker !== null) starting.workplace = new SharedWorkplace(worker);
    else if (current === starting) current = null;
    return starting.workplace;
  });
  return starting;
}

/** @returns {Promise<Place | null>} in the worker that there is, or in a new one */
async function newPlace() {
  for (;;) {
    current ??= start();
    const workplace = await current.started;
    if (workplace === null) return null;
    // Else its last client has left meanwhile.
    if (!workplace.ended) return workplace.newPlace();
  }
}

/**
 * @returns {Promise<Place | null>} null: no worker can be had, and the canvas is free
 * @throws {Error} when the canvas has gone to a worker that is no more
 */
export async function workerFor(canvas) {
  const waiting = canvas === null ? undefined : parked.get(canvas);
  if (waiting === null) throw new Error('its client was closed; a new client needs a new canvas element');
  if (waiting === undefined) return newPlace();
  clearTimeout(waiting.timer);
  parkedCanvases.delete(canvas);
  return waiting.place;
}

function park(place, canvas) {
  clearTimeout(parked.get(canvas)?.timer);
  const timer = setTimeout(() => unpark(canvas), PARKED_MS);
  parked.set(canvas, { place, timer });
  parkedCanvases.add(canvas);
}

function unpark(canvas) {
  const { place, timer } = parked.get(canvas);
  clearTimeout(timer);
  parked.set(canvas, null);
  parkedCanvases.delete(canvas);
  place.terminate();
}

/**
 * Nothing waits for a next client any more: with the last client the worker ends now. For a page that is about to be
 * frozen, since a frozen worker keeps its sockets, and with them the seats on the server.
 */
export function endParked() {
  for (const canvas of [...parkedCanvases]) unpark(canvas);
}

/** Its client was closed before it began. The next one of its canvas may have the same place already. @param {Place} place */
export function giveBack(place, canvas) {
  if (place.surface === 0) place.terminate();
  else if (!canvasOwners.has(canvas)) park(place, canvas);
}

/** @returns {Promise<(new (hooks: DecoderHooks) => object) | null>} null where it is not needed or cannot work */
export async function loadFallback() {
  if (typeof VideoDecoder !== 'undefined') return null;
  try {
    const { MseDecoder } = await import('./mse.js');
    return MseDecoder.available ? MseDecoder : null;
  } catch {
    return null;
  }
}

/**
 * A receiver, wherever it is, called by the names of its methods.
 * @typedef {object} PlacedReceiver
 * @property {(method: string, details: unknown[]) => void} call
 * @property {() => void} close
 * @property {() => void} giveUp  it does not respond; clients made later do not share its worker
 */

/** @returns {PlacedReceiver} */
export function onPage(options, canvas, fallback, emit) {
  const receiver = new Receiver(options, canvas, fallback, emit, budgetOfPage);
  return { call: (method, details) => receiver[method](...details), close: () => receiver.stop(), giveUp: () => {} };
}

/** @param {Place} place @returns {PlacedReceiver} */
export function inWorker(place, options, canvas, emit, broke) {
  try {
    place.open(options, canvas, { emit, broke });
  } catch (error) {
    place.terminate();
    throw error;
  }
  return {
    call: (method, details) => place.call(method, details),
    close: () => {
      place.close();
      if (canvas === null) place.terminate();
      else park(place, canvas);
    },
    giveUp: () => place.giveUp(),
  };
}

/**
 * Tells when the worker says nothing for a while, and when nothing any more. Counted in looks, of which a page that was frozen or asleep makes none: a
 * look that comes late says nothing about the worker.
 */
export class Watchdog {
  #quiet;
  #silent;
  #clock;
  #timer = null;
  #looks = 0;
  #lookedAt = 0;
  #quietTold = false;
  #silentTold = false;
  /** What went wrong in the worker last. @type {string | null} */
  broken = null;

  /**
   * @param {{ quiet: () => void, silent: () => void }} hooks  each called once until something is heard again
   * @param {() => number} clock  milliseconds
   */
  constructor({ quiet, silent }, clock = clockMs) {
    this.#quiet = quiet;
    this.#silent = silent;
    this.#clock = clock;
  }

  start() {
    this.#lookedAt = this.#clock();
    this.#timer = setInterval(() => this.look(), WATCH_MS);
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** The worker said something. @returns {boolean} whether `quiet` was called before */
  heard() {
    const back = this.#quietTold;
    this.#looks = 0;
    if (this.#silentTold) this.broken = null;
    this.#quietTold = this.#silentTold = false;
    return back;
  }

  look() {
    const now = this.#clock();
    const late = now - this.#lookedAt > 2 * WATCH_MS;
    this.#lookedAt = now;
    this.#looks = late ? 0 : this.#looks + 1;
    if (this.#looks >= QUIET_LOOKS && !this.#quietTold) {
      this.#quietTold = true;
      this.#quiet();
    }
    if (this.#looks >= SILENT_LOOKS && !this.#silentTold) {
      this.#silentTold = true;
      this.#silent();
    }
  }
}
