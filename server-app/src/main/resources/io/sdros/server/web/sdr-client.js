/** The client under the name by which pages import it; it lies in client/, and what it does is said in client/index.js. */

export * from './client/index.js';
// Never declared in sdr-client.d.ts, but there to be found.
export { GroupBuffer } from './client/pipeline.js';
export { stateOf, whyNothingNew } from './client/state.js';
