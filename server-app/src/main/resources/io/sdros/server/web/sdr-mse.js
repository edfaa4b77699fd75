/** Media Source decoding under the name that pages knew before it lay in client/. */

export { MseDecoder } from './client/mse.js';
export { initSegment, mediaSegment } from './client/mp4.js';
