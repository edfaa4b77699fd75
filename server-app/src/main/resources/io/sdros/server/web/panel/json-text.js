/**
 * JSON for people, made from its text and not from what JSON.parse takes it for: numbers keep all their digits, keys that
 * come twice are shown twice. Work is bounded: what is too long or nested too deep is not taken apart.
 */

/** A longer text is not taken apart. */
export const MAX_JSON_CHARACTERS = 16384;
/** Nor is one whose parts are nested deeper. */
export const MAX_JSON_DEPTH = 32;

const LINE_CHARACTERS = 38;
const SPACE = /[ \t\n\r]*/y;
// NaN and the infinities are no JSON, but what Python and C++ write.
const SCALAR = /-?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|Infinity)|NaN|true|false|null/y;
const NUMBER = /^[-\d]/;

/**
 * @typedef {object} JsonPart  a scalar, or (with `parts`) an array or an object
 * @property {string} text  of a scalar: as it came; else the bracket that opens it
 * @property {{ key: string | null, part: JsonPart }[] | null} parts  in the order they came; null for a scalar
 * @property {number} flatCharacters  its length when it is written on one line
 */

/**
 * Takes a JSON text apart, without recursion.
 * @param {string} text
 * @returns {{ part: JsonPart | null, why: '' | 'long' | 'deep' | 'other' }} part: null when `why` says why not; 'other':
 *     it is no JSON
 */
export function readJson(text) {
  if (text.length > MAX_JSON_CHARACTERS) return { part: null, why: 'long' };
  const reader = new Reader(text);
  const part = reader.read();
  return part === null ? { part, why: reader.tooDeep ? 'deep' : 'other' } : { part, why: '' };
}

class Reader {
  #text;
  #at = 0;
  #open = [];
  #root = null;
  tooDeep = false;

  constructor(text) {
    this.#text = text;
  }

  /** @returns {JsonPart | null} */
  read() {
    while (this.#root === null) if (!this.#step()) return null;
    this.#skipSpace();
    return this.#at === this.#text.length ? this.#root : null;
  }

  /** One value, or the end of one. */
  #step() {
    const inside = this.#open.at(-1);
    let key = null;
    if (inside !== undefined) {
      const empty = inside.parts.length === 0;
      if (this.#take(inside.text === '[' ? ']' : '}')) return this.#close();
      if (!empty && !this.#take(',')) return false;
      if (inside.text === '{') {
        key = this.#string();
        if (key === null || !this.#take(':')) return false;
      }
    }
    for (const bracket of '[{') {
      if (!this.#take(bracket)) continue;
      if (this.#open.length >= MAX_JSON_DEPTH) {
        this.tooDeep = true;
        return false;
      }
      this.#open.push({ text: bracket, parts: [], flatCharacters: 2, key });
      return true;
    }
    const scalar = this.#string() ?? this.#match(SCALAR);
    if (scalar === null) return false;
    this.#put(key, { text: scalar, parts: null, flatCharacters: scalar.length });
    return true;
  }

  #close() {
    const { key, ...part } = this.#open.pop();
    this.#put(key, part);
    return true;
  }

  #put(key, part) {
    const inside = this.#open.at(-1);
    if (inside === undefined) {
      this.#root = part;
      return;
    }
    inside.parts.push({ key, part });
    inside.flatCharacters += part.flatCharacters + 2 + (key === null ? 0 : key.length + 2);
  }

  #skipSpace() {
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #take(character) {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #match(pattern) {
    this.#skipSpace();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.#at = pattern.lastIndex;
    return found[0];
  }

  /** @returns {string | null} with its quotes, as people read it */
  #string() {
    this.#skipSpace();
    const text = this.#text;
    if (text[this.#at] !== '"') return null;
    let end = this.#at + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    if (end >= text.length) return null;
    const string = text.slice(this.#at, end + 1);
    this.#at = end + 1;
    return string.includes('\\') ? withoutNeedlessEscapes(string) : string;
  }
}

/** Python writes é as \u00e9. What would be invisible or turn the text round stays escaped. */
function withoutNeedlessEscapes(string) {
  return string.replace(/\\\\|\\u[0-9a-fA-F]{4}(?:\\u[dD][c-fC-F][0-9a-fA-F]{2})?/g, (escape) => {
    if (escape === '\\\\') return escape;
    const plain = escape.split('\\u').slice(1).map((code) => String.fromCharCode(parseInt(code, 16))).join('');
    return /^[^\p{C}\p{Z}"\\]+$/u.test(plain) ? plain : escape;
  });
}

/** A longer array is not shown as a whole, unless that is asked for ... */
const LONG_ARRAY = 24;
/** ... but so much of it. */
const ARRAY_BEGIN = 12;

/**
 * What fits on a line stays on one; arrays without anything inside their parts fill lines.
 * @param {JsonPart} part
 * @param {number} maxCharacters  it stops a little after them
 * @param {boolean} whole  also of long arrays
 * @returns {{ text: string, shortened: boolean }} shortened: parts of long arrays are left out
 */
export function indented(part, maxCharacters, whole) {
  const out = { text: '', shortened: false };
  // No deeper than MAX_JSON_DEPTH.
  const write = (each, indent, used) => {
    if (out.text.length > maxCharacters) return;
    if (each.parts === null || used + each.flatCharacters <= LINE_CHARACTERS) {
      out.text += flat(each);
      return;
    }
    const inner = `${indent}  `;
    const { parts } = each;
    const shown = each.text === '[' && parts.length > LONG_ARRAY && !whole ? parts.slice(0, ARRAY_BEGIN) : parts;
    out.text += each.text;
    if (each.text === '[' && shown.every(({ part: child }) => child.parts === null)) fillLines(shown, inner);
    else writeEach(shown, inner);
    if (shown.length < parts.length) {
      out.shortened = true;
      out.text += `,\n${inner}… ${parts.length - shown.length} more`;
    }
    out.text += `\n${indent}${each.text === '[' ? ']' : '}'}`;
  };
  const writeEach = (parts, inner) => parts.forEach(({ key, part: child }, i) => {
    if (out.text.length > maxCharacters) return;
    const start = key === null ? inner : `${inner}${key}: `;
    out.text += `${i === 0 ? '' : ','}\n${start}`;
    write(child, inner, start.length);
  });
  const fillLines = (parts, inner) => {
    let lineCharacters = LINE_CHARACTERS;
    for (const [i, { part: { text } }] of parts.entries()) {
      if (out.text.length > maxCharacters) return;
      const fits = lineCharacters + text.length + 2 <= LINE_CHARACTERS;
      out.text += `${i === 0 ? '' : ','}${fits ? ' ' : `\n${inner}`}${text}`;
      lineCharacters = (fits ? lineCharacters + 1 : inner.length) + text.length + 1;
    }
  };
  write(part, '', 0);
  return out;
}

/**
 * On one line, whatever its length.
 * @param {JsonPart} part
 * @param {number} maxCharacters  it stops a little after them
 */
export function onOneLine(part, maxCharacters) {
  let line = '';
  const write = ({ text, parts }) => {
    if (parts === null || parts.length === 0) {
      line += parts === null ? text.slice(0, maxCharacters + 1) : flat({ text, parts });
      return;
    }
    line += `${text} `;
    for (const [i, { key, part: child }] of parts.entries()) {
      if (line.length > maxCharacters) return;
      line += `${i === 0 ? '' : ', '}${key === null ? '' : `${key}: `}`;
      write(child);
    }
    line += text === '[' ? ' ]' : ' }';
  };
  write(part);
  return line;
}

function flat({ text, parts }) {
  if (parts === null) return text;
  if (parts.length === 0) return text === '[' ? '[]' : '{}';
  const inside = parts.map(({ key, part }) => (key === null ? '' : `${key}: `) + flat(part)).join(', ');
  return text === '[' ? `[ ${inside} ]` : `{ ${inside} }`;
}

const NUMBER_DEPTH = 4;
// What counts or stamps only ever rises; its trend says nothing.
const COUNTER = /^"(t|ts|time|timestamp|stamp|seq|sequence|id)(_|"$)/i;

/**
 * Where the first number is whose course may say something.
 * @param {JsonPart} part
 * @returns {(string | number)[] | null} keys (with their quotes) and places; [] when it is a number itself
 */
export function firstNumber(part, depth = 0) {
  if (part.parts === null) return NUMBER.test(part.text) ? [] : null;
  if (depth >= NUMBER_DEPTH) return null;
  for (const [i, { key, part: child }] of part.parts.entries()) {
    if (key !== null && COUNTER.test(key)) continue;
    const found = firstNumber(child, depth + 1);
    if (found !== null) return [key ?? i, ...found];
  }
  return null;
}

/**
 * @param {JsonPart} part
 * @param {(string | number)[]} path  of {@link firstNumber}
 * @returns {number | null} null when there is none, or none that a curve can show
 */
export function numberAt(part, path) {
  let at = part;
  for (const step of path) {
    // Of keys that come twice the last counts, as for everybody else.
    at = (typeof step === 'number' ? at?.parts?.[step] : at?.parts?.findLast(({ key }) => key === step))?.part;
  }
  if (at === undefined || at.parts !== null || !NUMBER.test(at.text)) return null;
  const number = Number(at.text);
  return Number.isFinite(number) ? number : null;
}

/**
 * Where numbers are, the first of them.
 * @param {JsonPart} part
 * @param {number} most
 * @returns {(string | number)[][]} paths as of {@link firstNumber}
 */
export function numbersIn(part, most) {
  const paths = [];
  const look = (at, path) => {
    if (paths.length >= most) return;
    if (at.parts === null) {
      if (NUMBER.test(at.text)) paths.push(path);
      return;
    }
    at.parts.forEach(({ key, part: child }, i) => { if (paths.length < most) look(child, [...path, key ?? i]); });
  };
  look(part, []);
  return paths;
}
