/** What stands in the way of decoding, in words for programs and for people. */

import { Codec, codecName } from './protocol.js';

/** A decoder that failed so often in a row says so. */
export const ERRORS_BEFORE_PROBLEM = 5;

/**
 * @typedef {object} Problem
 * @property {string} reason  for programs: 'hevc', 'codec', 'webcodecs', 'decoder', 'blocked', 'canvas'
 * @property {Why} why
 * @property {string} message  for people: what is wrong and what can be done
 */

/** An H.264 that every decoder of H.264 decodes. */
export const PLAIN_H264 = 'avc1.42E01E';

/**
 * @param {number} codec
 * @param {string} codecString
 * @param {boolean} plain  whether the browser decodes H.264 of the plainest kind
 * @returns {Problem}
 */
export function unsupportedCodec(codec, codecString, plain = true) {
  if (codec === Codec.H264 && !plain) {
    return {
      reason: 'codec',
      why: 'decoder-missing',
      message: `This browser has no decoder for H.264 (${codecString}). Firefox takes the system's or loads one from Cisco `
        + '(OpenH264, in its list of plugins); Chrome, Edge and Safari bring one.',
    };
  }
  if (codec === Codec.HEVC) {
    return {
      reason: 'hevc',
      why: 'codec-unsupported',
      message: `This browser cannot decode HEVC (${codecString}). Use Safari, or Chrome or Edge on a computer whose `
        + 'graphics hardware decodes HEVC, or let the robot send H.264.',
    };
  }
  const name = codecString ? `${codecName(codec)} (${codecString})` : codecName(codec);
  return {
    reason: 'codec',
    why: 'codec-unsupported',
    message: `This browser cannot decode ${name}. Let the robot send H.264 (baseline, main or high profile) or JPEG.`,
  };
}

/**
 * @param {number} codec
 * @param {boolean} secure  a secure context
 * @param {string} [protocol]  of the page
 * @returns {Problem}
 */
export function noWebCodecs(codec, secure, protocol) {
  const name = codecName(codec);
  if (secure) {
    return {
      reason: 'webcodecs',
      why: 'decoder-missing',
      message: `This browser has nothing to decode live ${name} with. Use a current Chrome, Edge, Safari or Firefox.`,
    };
  }
  return {
    reason: 'webcodecs',
    why: 'insecure-context',
    message: protocol === 'https:'
      ? `This browser decodes live ${name} only on secure pages. This one came by https, but lies in one that did not.`
      : `This browser decodes live ${name} only on secure pages. Open this page through https://, or through `
        + 'http://localhost (with an SSH tunnel to the robot).',
  };
}
