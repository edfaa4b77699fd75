/** The worker's side: a receiver for each client, called by messages and answering by messages. Started by placement.js. */

import { DecodeBudget } from './decode-budget.js';
import { Receiver } from './receiver.js';

const ALIVE_MS = 1000;

function serve(scope) {
  /** By generation. @type {Map<number, Receiver>} */
  const receivers = new Map();
  /** Canvases, which come once, by the generation of their first client. @type {Map<number, OffscreenCanvas>} */
  const surfaces = new Map();
  const budget = new DecodeBudget();
  scope.onmessage = (event) => {
    const { open, close, forget, generation, call, details } = event.data;
    if (open) {
      if (open.surface) surfaces.set(open.surfaceKey, open.surface);
      receivers.set(open.generation, new Receiver(open.options, surfaces.get(open.surfaceKey) ?? null, null,
        (type, detail, transfer = []) => scope.postMessage({ type, detail, generation: open.generation }, transfer), budget));
    } else if (close) {
      receivers.get(generation)?.stop();
      receivers.delete(generation);
    } else if (forget) {
      surfaces.delete(forget);
    } else {
      receivers.get(generation)?.[call](...details);
    }
  };
  setInterval(() => {
    for (const generation of receivers.keys()) scope.postMessage({ type: 'alive', detail: {}, generation });
  }, ALIVE_MS);
  scope.postMessage({ able: typeof VideoDecoder !== 'undefined' && typeof requestAnimationFrame !== 'undefined' });
}

serve(globalThis);
