/** Where the tiles of several streams go: arithmetic only. */

/** Of a tile: width by height. */
export const ASPECT = 16 / 9;
export const GAP_PX = 6;
/** Narrower ones tell nothing any more; where they would be, the grid scrolls. */
export const LEAST_WIDTH_PX = 120;

/**
 * @param {number} count  of tiles, at least 1
 * @param {number} width  of the room there is, in pixels
 * @param {number} height
 * @returns {{ columns: number, rows: number, width: number, height: number, scrolls: boolean }} the number of columns with
 *     which tiles are largest, and the size of one, in whole pixels
 */
export function gridLayout(count, width, height) {
  let best = null;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const byWidth = (width - (columns - 1) * GAP_PX) / columns;
    const byHeight = (height - (rows - 1) * GAP_PX) / rows * ASPECT;
    const tileWidth = Math.floor(Math.min(byWidth, byHeight));
    if (best === null || tileWidth > best.width) best = { columns, rows, width: tileWidth, scrolls: false };
  }
  const least = Math.min(LEAST_WIDTH_PX, Math.floor(width));
  if (best.width < least) {
    const columns = Math.max(1, Math.min(count, Math.floor((width + GAP_PX) / (LEAST_WIDTH_PX + GAP_PX))));
    const tileWidth = Math.max(1, Math.floor((width - (columns - 1) * GAP_PX) / columns));
    best = { columns, rows: Math.ceil(count / columns), width: tileWidth, scrolls: true };
  }
  return { ...best, height: Math.floor(best.width / ASPECT) };
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @param {number} index  of the tile where the focus is
 * @param {string} key  as keyboard events name it
 * @param {number} columns
 * @param {number} count
 * @returns {number | null} the tile where that key leads; null: it is no such key, or there is none
 */
export function neighbour(index, key, columns, count) {
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  if (!(key in STEPS)) return null;
  const [right, down] = STEPS[key];
  // Left and right go on in the next row, as in a text.
  if (down === 0) return index + right >= 0 && index + right < count ? index + right : null;
  const row = Math.floor(index / columns) + down;
  if (row < 0 || row > Math.floor((count - 1) / columns)) return null;
  // The last row may be shorter.
  return Math.min(row * columns + index % columns, count - 1);
}
