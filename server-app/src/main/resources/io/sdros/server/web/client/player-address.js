/** Where a stream is, from what a page says of it. */

/** What a server's address ends with when it is that of one of its streams. */
const STREAM_PATH = /(?:stream|streams\/[^/]+)\/ws$/;

/**
 * @param {object} wanted
 * @param {string | null} wanted.url  of the server or of one of its streams; null: the server that this module came from
 * @param {string | null} wanted.stream  its name; null: the one that `url` is of, or else the server's first
 * @param {boolean} wanted.muted  without telemetry
 * @param {string} pageUrl  what a relative `url` belongs to
 * @param {string | undefined} moduleUrl  of a module in the client's folder
 * @returns {string}
 * @throws {TypeError} when `url` is none, or is needed
 */
export function streamAddress({ url, stream, muted }, pageUrl, moduleUrl) {
  if (url === null && moduleUrl === undefined) {
    throw new TypeError('url is needed: a bundled script does not know which server it came from');
  }
  const address = url === null ? new URL('../', moduleUrl) : new URL(url, pageUrl);
  const ofStream = STREAM_PATH.test(address.pathname);
  if (!ofStream || stream !== null) {
    const root = address.pathname.replace(STREAM_PATH, '').replace(/\/*$/, '/');
    address.pathname = root + (stream === null ? 'stream/ws' : `streams/${encodeURIComponent(stream)}/ws`);
  }
  if (muted) address.searchParams.set('telemetry', '0');
  return address.href;
}
