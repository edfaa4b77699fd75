/** The worker's side: a receiver that is called by messages and answers by messages. Started by placement.js. */

import { Receiver } from './receiver.js';

const ALIVE_MS = 1000;

function serve(scope) {
  let receiver = null;
  let surface = null;
  let generation = 0;
  scope.onmessage = (event) => {
    const { open, close, call, details } = event.data;
    if (open) {
      surface = open.surface ?? surface;
      generation = open.generation;
      receiver = new Receiver(open.options, surface, null,
        (type, detail, transfer = []) => scope.postMessage({ type, detail, generation: open.generation }, transfer));
    } else if (close) {
      receiver?.stop();
      receiver = null;
    } else {
      receiver?.[call](...details);
    }
  };
  setInterval(() => { if (receiver !== null) scope.postMessage({ type: 'alive', detail: {}, generation }); }, ALIVE_MS);
  scope.postMessage({ able: typeof VideoDecoder !== 'undefined' && typeof requestAnimationFrame !== 'undefined' });
}

serve(globalThis);
