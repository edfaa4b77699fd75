/** Where the work is done: in a worker where the browser can paint from one, else on the page's thread. */

import { clockMs } from './freshness.js';
import { Receiver } from './receiver.js';

const WORKER_START_MS = 4000;
const PARKED_MS = 3000;
const WATCH_MS = 1000;
const SILENT_LOOKS = 5;

/** Which client paints on a canvas. @type {WeakMap<HTMLCanvasElement, object>} */
const canvasOwners = new WeakMap();

/**
 * A canvas goes to a worker once and for ever. So the worker of a closed client waits for a moment for the next client of
 * its canvas (frameworks take components down only to put them up again). Null: it has waited, and the canvas is spent.
 * @type {WeakMap<HTMLCanvasElement, { worker: Worker, timer: number } | null>}
 */
const parkedWorkers = new WeakMap();

/** Tells what a worker says for one client from what it said for the one before. */
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

/**
 * @returns {Promise<Worker | null>} null: no worker can be had, and the canvas is free
 * @throws {Error} when the canvas has gone to a worker that is no more
 */
export async function workerFor(canvas) {
  const parked = canvas === null ? undefined : parkedWorkers.get(canvas);
  if (parked === null) throw new Error('its client was closed; a new client needs a new canvas element');
  if (parked === undefined) return startWorker();
  clearTimeout(parked.timer);
  return parked.worker;
}

function park(worker, canvas) {
  worker.onmessage = worker.onerror = worker.onmessageerror = null;
  worker.postMessage({ close: true });
  const timer = setTimeout(() => {
    parkedWorkers.set(canvas, null);
    worker.terminate();
  }, PARKED_MS);
  parkedWorkers.set(canvas, { worker, timer });
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
 */

/** @returns {PlacedReceiver} */
export function onPage(options, canvas, fallback, emit) {
  const receiver = new Receiver(options, canvas, fallback, emit);
  return { call: (method, details) => receiver[method](...details), close: () => receiver.stop() };
}

/** @returns {PlacedReceiver} */
export function inWorker(worker, options, canvas, emit, broke) {
  const inherited = canvas !== null && parkedWorkers.has(canvas);
  let surface = null;
  try {
    if (canvas !== null && !inherited) surface = canvas.transferControlToOffscreen();
  } catch (error) {
    worker.terminate();
    throw error;
  }
  // What the worker said for the canvas's client before may still be on its way.
  const generation = ++generations;
  worker.onmessage = ({ data }) => {
    if (data.generation === generation) emit(data.type, data.detail);
    else data.detail?.picture?.close();
  };
  worker.onerror = (event) => broke(event.message || 'an error without a message');
  worker.onmessageerror = () => broke('a message from it could not be read');
  worker.postMessage({ open: { options, surface, generation } }, surface === null ? [] : [surface]);
  return {
    call: (method, details) => worker.postMessage({ call: method, details }),
    close: () => (canvas === null ? worker.terminate() : park(worker, canvas)),
  };
}

/**
 * Tells when the worker says nothing any more. Counted in looks, of which a page that was frozen or asleep makes none: a
 * look that comes late says nothing about the worker.
 */
export class Watchdog {
  #bark;
  #clock;
  #timer = null;
  #looks = 0;
  #lookedAt = 0;
  #barked = false;
  /** What went wrong in the worker last. @type {string | null} */
  broken = null;

  /** @param {() => void} bark @param {() => number} clock  milliseconds */
  constructor(bark, clock = clockMs) {
    this.#bark = bark;
    this.#clock = clock;
  }

  start() {
    this.#lookedAt = this.#clock();
    this.#timer = setInterval(() => this.look(), WATCH_MS);
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** The worker said something. @returns {boolean} whether that was not to be expected any more */
  heard() {
    const back = this.#barked;
    this.#looks = 0;
    this.#barked = false;
    if (back) this.broken = null;
    return back;
  }

  look() {
    const now = this.#clock();
    const late = now - this.#lookedAt > 2 * WATCH_MS;
    this.#lookedAt = now;
    this.#looks = late ? 0 : this.#looks + 1;
    if (this.#looks < SILENT_LOOKS || this.#barked) return;
    this.#barked = true;
    this.#bark();
  }
}
