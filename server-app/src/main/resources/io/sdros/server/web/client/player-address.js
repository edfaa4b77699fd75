/** Where a stream is, from what a page says of it. */

/** What a server's address ends with when it is that of one of its streams. */
const STREAM_PATH = /(?:stream|streams\/[^/]+)\/ws$/;

/** In the address of a stream: so many frames a second at most. */
export const MAX_FPS = 'max_fps';

const NO_SERVER = 'url is needed: a bundled script does not know which server it came from';

/**
 * @param {{ url?: string | URL, maxFps?: number }} options  of a client
 * @param {string | undefined} pageUrl  what a relative `url` belongs to
 * @param {string | undefined} moduleUrl  of a module in the client's folder
 * @returns {string}
 * @throws {TypeError} when `url` is none, or is needed
 */
export function clientAddress({ url, maxFps }, pageUrl, moduleUrl) {
  if (url === undefined && moduleUrl === undefined) throw new TypeError(NO_SERVER);
  const address = url === undefined ? new URL('../stream/ws', moduleUrl) : new URL(url, pageUrl ?? moduleUrl);
  if (maxFps !== undefined) address.searchParams.set(MAX_FPS, String(maxFps));
  return address.href;
}

/**
 * @param {object} wanted
 * @param {string | null} wanted.url  of the server or of one of its streams; null: the server that this module came from
 * @param {string | null} wanted.stream  its name; null: the one that `url` is of, or else the server's first
 * @param {boolean} wanted.muted  without telemetry
 * @param {string | null} [wanted.maxFps]  so many frames a second at most, as the server understands it; null: all, or as `url` has it
 * @param {string} pageUrl  what a relative `url` belongs to
 * @param {string | undefined} moduleUrl  of a module in the client's folder
 * @returns {string}
 * @throws {TypeError} when `url` is none, or is needed
 */
export function streamAddress({ url, stream, muted, maxFps = null }, pageUrl, moduleUrl) {
  if (url === null && moduleUrl === undefined) throw new TypeError(NO_SERVER);
  const address = url === null ? new URL('../', moduleUrl) : new URL(url, pageUrl);
  const ofStream = STREAM_PATH.test(address.pathname);
  if (!ofStream || stream !== null) {
    const root = address.pathname.replace(STREAM_PATH, '').replace(/\/*$/, '/');
    address.pathname = root + (stream === null ? 'stream/ws' : `streams/${encodeURIComponent(stream)}/ws`);
  }
  if (muted) address.searchParams.set('telemetry', '0');
  if (maxFps !== null) address.searchParams.set(MAX_FPS, maxFps);
  return address.href;
}
