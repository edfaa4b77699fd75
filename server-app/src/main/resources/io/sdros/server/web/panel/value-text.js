/** Values of telemetry as text: never longer than what is said here, whatever came. */

import { MAX_JSON_CHARACTERS, MAX_JSON_DEPTH, indented, onOneLine, readJson } from './json-text.js';

const MAX_VALUE_CHARACTERS = 4000;
const MAX_WHOLE_CHARACTERS = 40000;
const MAX_LINE_CHARACTERS = 160;
/** Of a longer value's line only the beginning is looked at. */
export const MAX_LINE_BYTES = 2048;
const UTF8_BYTES = 4;
const SHOWN_BYTES = 64;

/**
 * A value's text, as far as it is one.
 * @param {Uint8Array} payload  or its beginning
 * @param {number} [lengthBytes]  of the whole
 * @returns {{ text: string, cut: boolean } | null} null when it is not UTF-8
 */
export function textOf(payload, lengthBytes = payload.length) {
  const begin = payload.subarray(0, MAX_JSON_CHARACTERS * UTF8_BYTES);
  const cut = begin.length < lengthBytes;
  try {
    // What was cut off in the middle of a character is no fault.
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(begin, { stream: cut }), cut };
  } catch {
    return null;
  }
}

/** @returns {import('./json-text.js').JsonPart | null} null when it is no JSON, or too much */
export function jsonOf(payload, lengthBytes = payload.length) {
  if (lengthBytes > MAX_JSON_CHARACTERS) return null;
  const whole = textOf(payload, lengthBytes);
  return whole === null ? null : readJson(whole.text).part;
}

/**
 * @param {Uint8Array} payload  or its beginning
 * @param {number} [lengthBytes]  of the whole
 * @param {boolean} [whole]  as much as there is, also of long arrays and long texts
 * @returns {{ text: string, shortened: boolean }} JSON indented, other text as it came, bytes in hexadecimal; never much
 *     longer than the limit. shortened: with `whole` there would be more
 */
export function readable(payload, lengthBytes = payload.length, whole = false) {
  if (lengthBytes === 0) return { text: '0 bytes', shortened: false };
  const decoded = textOf(payload, lengthBytes);
  if (decoded === null) return { text: hexadecimal(payload, lengthBytes), shortened: false };
  const most = whole ? MAX_WHOLE_CHARACTERS : MAX_VALUE_CHARACTERS;
  const { text: came, cut } = decoded;
  const { part, why } = cut ? { part: null, why: 'long' } : readJson(came);
  const { text, shortened } = part === null ? { text: came, shortened: false } : indented(part, most, whole);
  const notes = [];
  if (why === 'deep') notes.push(`as it came: nested more than ${MAX_JSON_DEPTH} deep`);
  if (cut || text.length > most) notes.push(`${lengthBytes} bytes in all`);
  return {
    text: text.slice(0, most) + (notes.length === 0 ? '' : `\n… ${notes.join(', ')}`),
    shortened: shortened || (!whole && text.length > most),
  };
}

/** The same on one line, which is cut off where it is too long. */
export function readableLine(payload, lengthBytes = payload.length) {
  if (lengthBytes === 0) return '0 bytes';
  const decoded = textOf(payload.subarray(0, MAX_LINE_BYTES), lengthBytes);
  if (decoded === null) return hexadecimal(payload, lengthBytes);
  const part = decoded.cut ? null : readJson(decoded.text).part;
  const line = part === null ? decoded.text.slice(0, 2 * MAX_LINE_CHARACTERS).replace(/\s+/g, ' ').trim()
    : onOneLine(part, MAX_LINE_CHARACTERS);
  return line.length > MAX_LINE_CHARACTERS || decoded.cut ? `${line.slice(0, MAX_LINE_CHARACTERS)} …` : line;
}

/** All that there is of a value, to be copied: text as it came, bytes in hexadecimal. */
export function copyable(payload) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload);
  } catch {
    return [...payload].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  }
}

function hexadecimal(payload, lengthBytes) {
  const begin = [...payload.subarray(0, SHOWN_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `${lengthBytes} bytes: ${begin}${lengthBytes > SHOWN_BYTES ? ' …' : ''}`;
}

/** Four digits, but none before the point is rounded away as long as there are no more than a double has. */
export function short(number) {
  const size = Math.abs(number);
  return size >= 1000 && size <= Number.MAX_SAFE_INTEGER ? String(Math.round(number)) : String(Number(number.toPrecision(4)));
}
