/** What stands in the way of a picture, of a decoder's or of a connection's, in words for programs and for people. */

import { Codec, codecName } from './protocol.js';

/** A decoder that failed so often in a row says so. */
export const ERRORS_BEFORE_PROBLEM = 5;

/**
 * @typedef {object} Problem
 * @property {string} reason  for programs: 'hevc', 'codec', 'webcodecs', 'decoder', 'blocked', 'canvas', 'stream'
 * @property {Why} why
 * @property {string} message  for people: what is wrong and what can be done
 * @property {string} [condition]  of the stream, with `why` 'stream'
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

/**
 * What is wrong with a stream as such, by the name that the server has for it, gravest first. Those that spoil no picture are
 * not among them.
 */
export const CONDITION_MESSAGES = Object.freeze({
  not_annex_b: 'The frames that come are not what their header says: H.264 and HEVC have to come as Annex B.',
  split_units: 'The frames that come are pieces of pictures, or more than one: a producer has to commit whole access units.',
  no_parameter_sets: 'Keyframes come without their parameter sets, so that no picture can be built.',
  intra_refresh: 'The encoder sends no keyframes but refreshes the picture bit by bit: no browser can join such a stream.',
  profile: 'The video is 4:2:2, 4:4:4 or has more than 8 bits, which many browsers do not decode.',
});

/**
 * @param {any} listed  what the server says that it finds in a stream, as it came
 * @returns {string[]} by name, as far as it is what it should be
 */
export function conditionNames(listed) {
  return (Array.isArray(listed) ? listed : []).map((entry) => entry?.condition).filter((name) => typeof name === 'string');
}

/** What comes is not one picture at a time. @type {Problem} */
export const SPLIT_UNITS = Object.freeze({
  reason: 'stream', why: 'stream', condition: 'split_units', message: CONDITION_MESSAGES.split_units,
});

/** @typedef {{ reason: string, why: Why, message: string }} Cause */

export const UNREACHABLE = Object.freeze({ reason: 'unreachable', why: 'no-answer', message: 'The server cannot be reached.' });

/**
 * What an answer that is no upgrade says.
 * @param {{ status: number, body: string, origin: string, token: boolean }} answer  token: whether one was sent
 * @returns {Cause & { refused: boolean }} refused: by somebody's decision, not by a fault
 */
export function causeOfAnswer({ status, body, origin, token }) {
  const refused = (reason, why, message) => ({ refused: true, reason, why, message });
  const failed = (reason, why, message) => ({ refused: false, reason, why, message });
  switch (status) {
    case 400:
      // The server's own words, about its own parameter.
      if (!/^max_fps /.test(body)) return failed('http', 'http-error', 'The server answers with HTTP status 400.');
      return refused('address', 'bad-address', `The server does not take this address: ${body.trim()}.`);
    case 401:
      return token ? refused('token', 'token-wrong', 'The server does not accept this access token.')
        : refused('token', 'unauthorized', 'This server asks for an access token.');
    case 403:
    case 421:
      if (/\bhost\b/i.test(body)) {
        return refused('host', 'host-refused', 'The server does not answer under the name by which it was called. '
          + 'Its setting SDR_ALLOWED_HOSTS decides.');
      }
      return refused('origin', 'origin-refused', 'The server does not accept viewers from this page\'s address '
        + `(${origin}). Its setting SDR_ALLOWED_ORIGINS decides.`);
    case 404:
      // The server's own words; a proxy that leads nowhere has others.
      if (!/^Not found\s*$/.test(body)) return failed('http', 'http-error', 'The server answers with HTTP status 404.');
      return refused('stream', 'no-stream', 'The server has no stream of this name. Its setting SDR_STREAMS says which it has.');
    case 426:
      return failed('upgrade', 'no-websocket', 'The server answers, but no WebSocket comes through. Is a proxy in between?');
    case 503:
      if (/\b(stopping|stopped|shutting down)\b/i.test(body)) {
        return failed('server-stopped', 'server-stopping', 'The server has stopped or is restarting.');
      }
      if (/\baddress\b/i.test(body)) {
        return refused('full', 'full-for-address', 'The server has as many viewers from this address as it allows. '
          + 'Its setting SDR_MAX_CLIENTS_PER_ADDRESS decides.');
      }
      if (/\bplaces\b|\bviewers\b/i.test(body)) {
        return refused('full', 'full', 'The server has as many viewers as it allows.');
      }
      return failed('http', 'proxy', 'A proxy answers (HTTP status 503), but the server behind it does not.');
    case 502:
    case 504:
      return failed('http', 'proxy', `A proxy answers (HTTP status ${status}), but the server behind it does not.`);
    default:
      return failed('http', 'http-error', `The server answers with HTTP status ${status}.`);
  }
}

/**
 * Why no WebSocket could even be tried.
 * @param {string} errorName  of what its constructor threw
 * @param {string} address
 * @param {string} [pageProtocol]
 * @returns {Cause}
 */
export function causeOfThrow(errorName, address, pageProtocol) {
  if (errorName === 'SecurityError') {
    return {
      reason: 'mixed-content',
      why: 'mixed-content',
      message: pageProtocol === 'https:' ? `A page that came by https may not connect to ${address}. The server has to speak `
        + 'https, too (SDR_TLS_CERT_FILE, or a proxy in front of it).' : `The browser does not allow to connect to ${address}.`,
    };
  }
  return { reason: 'address', why: 'bad-address', message: `${address} is no address of a stream (ws, wss, http or https).` };
}

/**
 * What a violation of the page's Content-Security-Policy forbids.
 * @param {{ effectiveDirective: string, blockedURI: string, disposition: string }} violation
 * @param {{ stream: URL, health: URL }} addresses  with http or https
 * @returns {'stream' | 'health' | null}
 */
export function blockedBy({ effectiveDirective, blockedURI, disposition }, { stream, health }) {
  if (disposition === 'report' || !effectiveDirective.startsWith('connect-src')) return null;
  let blocked;
  try {
    blocked = new URL(blockedURI);
  } catch {
    return null;
  }
  if (blocked.host !== stream.host) return null;
  // Some browsers tell no more than the origin of what is not of the page's own.
  if (blocked.protocol.startsWith('ws')) return 'stream';
  return blocked.pathname === health.pathname ? 'health' : null;
}

/** Whether browsers forbid it whatever the page's policy says. @param {string} pageProtocol @param {URL} stream */
export function mixed(pageProtocol, stream) {
  return pageProtocol === 'https:' && stream.protocol === 'http:' && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(stream.hostname);
}
