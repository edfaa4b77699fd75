/** The player page's own words; those for the client's states come with the client. */

export { conditionWords, wordsFor } from './sdr-client.js';

/**
 * Why the picture comes later than it could, and what would help.
 * @param {{ decoder: string, secure: boolean, protocol: string, reorderDelayMs: number }} facts  reorderDelayMs: what
 *     B-frames cost; 0 without
 * @returns {string} '' when nothing is to be said
 */
export function slowWords({ decoder, secure, protocol, reorderDelayMs }) {
  if (reorderDelayMs > 0) {
    return `B-frames: each picture comes ${Math.round(reorderDelayMs)} ms later than it could. The encoder should send none.`;
  }
  if (decoder !== 'mse') return '';
  if (secure) return 'Higher delay: this browser has no WebCodecs, which current ones have.';
  if (protocol === 'https:') return 'Higher delay: this page lies in one that did not come by https.';
  return 'Higher delay on this page: open it through https to lower it.';
}

/** @param {number} number  a count @returns {string} exact while somebody may want to know */
export function count(number) {
  if (!Number.isFinite(number) || number < 0) return '–';
  if (number < 1e6) return String(number);
  return number < 1e9 ? `${(number / 1e6).toFixed(1)} million` : 'countless';
}

/** States of NATS in which telemetry is missing that should be there. */
const NATS_TROUBLE = {
  connecting: 'NATS: connecting',
  disconnected: 'NATS: not connected',
  refused: 'NATS: login refused',
  closed: 'NATS: closed',
};

const NATS_GOOD = { demo: 'Sample data' };

/**
 * @param {string} nats  as /health says it; '' when not known
 * @param {{ operation: string, subject: string }[]} denied  what the NATS server does not let this server do
 * @returns {{ text: string, trouble: boolean, nothing: string }} nothing: said in place of telemetry
 */
export function natsWords(nats, denied) {
  const trouble = NATS_TROUBLE[nats];
  if (trouble !== undefined) return { text: trouble, trouble: true, nothing: 'No telemetry: the server is not connected to NATS.' };
  if (denied.length > 0) {
    const [{ operation, subject }] = denied;
    const more = denied.length > 1 ? ` and ${denied.length - 1} more` : '';
    return { text: `NATS does not allow: ${operation} ${subject}${more}`, trouble: true, nothing: 'No telemetry yet.' };
  }
  return {
    text: NATS_GOOD[nats] ?? (nats === '' ? '' : `NATS ${nats}`),
    trouble: false,
    nothing: nats === 'off' ? 'No telemetry: the server runs without NATS (SDR_NATS_URL=none).' : 'No telemetry yet.',
  };
}

/** What is said of all tiles together. @param {number} live @param {number} reduced @param {number} count */
export function tilesWords(live, reduced, count) {
  const name = live === count ? `All ${count} live` : `${live} of ${count} live`;
  return { name: reduced === 0 ? name : `${name}, ${reduced} reduced`, good: live === count };
}

/**
 * The page was loaded with some streams, and the server has others: it was started anew, or has some on demand.
 * @param {string[]} shown  the page's, by name @param {string[]} names  the server's
 * @returns {string} '' when nothing is to be said
 */
export function otherStreamsWords(shown, names) {
  // A server that says nothing of streams is an older one.
  if (names.length === 0) return '';
  const added = names.filter((name) => !shown.includes(name));
  const gone = shown.filter((name) => !names.includes(name));
  const news = [
    added.length > 0 ? `Not on this page: ${added.join(', ')}. Load it again, or open it with ?stream=NAME.` : '',
    gone.length > 0 ? `The server has no longer: ${gone.join(', ')}.` : '',
  ];
  return news.filter(Boolean).join(' ');
}
