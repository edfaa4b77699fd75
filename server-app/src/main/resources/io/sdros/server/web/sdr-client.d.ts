/** Types of sdr-client.js. */

export * from './client/index.js';
