/** What the page shows, for tests and the curious. */

import { VERSION } from './sdr-client.js';

/**
 * Numbers and texts only: nothing can be changed here.
 * @param {import('./tiles.js').Tiles} tiles  in the grid, what is of one is of the tile with the focus or the first
 * @param {import('./panel/panel.js').TelemetryPanel} panel
 */
export function reportOf(tiles, panel) {
  const number = (name) => tiles.current.player.statistics?.[name] ?? 0;
  const text = (name) => tiles.current.player.statistics?.[name] ?? '';
  const ofState = (name) => tiles.current.player.state[name];
  const ofFrame = (name) => tiles.current.pictures.last?.[name] ?? null;

  return Object.freeze({
    version: VERSION,
    get view() { return tiles.shown === null ? 'grid' : 'one'; },
    get tiles() {
      return tiles.all.map(({ name, title, player, pictures }) => ({
        name, title, state: player.state.state, why: player.state.why, connected: player.client !== null,
        framesPainted: pictures.painted,
        pictureAgeMs: player.pictureAgeMs,
      }));
    },
    get state() { return ofState('state'); },
    get reason() { return ofState('reason'); },
    get why() { return ofState('why'); },
    get message() { return ofState('message'); },
    get condition() { return ofState('condition'); },
    get keyframeAsked() { return ofState('keyframeAsked'); },
    get placement() { return tiles.current.player.client?.placement ?? ''; },
    get decoder() { return text('decoder'); },
    get codec() { return text('codec'); },
    get codecString() { return text('codecString'); },
    get width() { return ofFrame('width') ?? 0; },
    get height() { return ofFrame('height') ?? 0; },
    get framesReceived() { return number('framesReceived'); },
    get framesDecoded() { return Math.max(number('framesDecoded'), tiles.current.pictures.painted); },
    get framesPainted() { return tiles.current.pictures.painted; },
    get framesMissed() { return number('framesMissed'); },
    get framesDropped() { return { ...tiles.current.player.statistics?.framesDropped }; },
    get lastFrameSeq() { return ofFrame('frameSeq') === null ? null : Number(ofFrame('frameSeq')); },
    get lastFrameId() { return ofFrame('frameId') === null ? null : String(ofFrame('frameId')); },
    get lastArrivedAt() { return ofFrame('arrivedAt'); },
    get lastShownAt() { return ofFrame('shownAt'); },
    get pictureAgeMs() { return tiles.current.player.pictureAgeMs; },
    get protocol() { return text('protocol'); },
    get delays() { return { ...tiles.current.player.statistics?.delays }; },
    get clock() { return tiles.current.player.statistics?.clock ?? null; },
    get fps() { return number('fps'); },
    get bitsPerSecond() { return number('bitsPerSecond'); },
    get connects() { return number('connects'); },
    get malformed() { return number('malformed'); },
    get telemetryReceived() { return number('telemetryReceived'); },
    get subjects() { return panel.subjects; },
  });
}
