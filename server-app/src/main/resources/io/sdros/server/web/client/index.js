/**
 * Live video and telemetry of a transport server in a browser: modules without a dependency and without a build step.
 *
 *     import { SdrClient } from 'http://robot:8080/sdr-client.js';
 *     const client = new SdrClient({ canvas: document.querySelector('canvas') });
 *     client.addEventListener('state', (event) => console.log(event.detail.state, event.detail.message));
 *     client.addEventListener('telemetry', (event) => console.log(event.detail.subject, event.detail.text()));
 *     client.start();
 *
 * Or as an element, with its state over the picture: `<sdr-player stream="front"></sdr-player>` (player-element.js).
 *
 * The connection, the decoder and the painting run in a worker where the browser has OffscreenCanvas there, else on the
 * page's thread; the behaviour is the same. Where the browser has no WebCodecs (plain http pages), mse.js is loaded;
 * without it only JPEG can be shown there. All times called …At are milliseconds of one clock
 * (`performance.timeOrigin + performance.now()`), comparable between the worker and the page.
 *
 * The subprotocol sdr.2 is spoken with servers that know it, and the old one with all others; `statistics.protocol` says
 * which. What only the first can tell (delays, capture times, when telemetry reached the server) is null with the other.
 *
 * These are the public names; everything else in this folder may change. Types: index.d.ts.
 */

export { SdrClient, Telemetry, TelemetryValue, VERSION } from './client.js';
export { SdrPlayer } from './player-element.js';
export { WHYS } from './state.js';
export { conditionWords, duration, wordsFor } from './words.js';

/* The parts, for those who build their own client. */
export { Codec, codecName, parseMessage } from './protocol.js';
export { Doing, SDR2, clockQuestion, feedbackMessage } from './sdr2.js';
export { ServerClock, fromServer, toServer } from './server-clock.js';
export { ParameterSets, describeH264, describeHevc, nalUnits } from './bitstream.js';
export { Backoff, KeyframeGate, RateMeter, Rejoining, SplitUnits, Withheld } from './flow.js';
export { FrameInterval, Freshness, StaleAlarm } from './freshness.js';
export { CONDITION_MESSAGES, PLAIN_H264, blockedBy, causeOfAnswer, causeOfThrow, noWebCodecs, unsupportedCodec } from './problems.js';
export { Decoding } from './webcodecs.js';
export { Watchdog } from './placement.js';
