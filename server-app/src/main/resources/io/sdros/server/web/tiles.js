/** The page's pictures: one that fills the stage, or all in a grid. Which one is meant, and how one gets from one to another. */

import { GAP_PX, gridLayout, neighbour } from './grid-layout.js';

/**
 * @typedef {object} Tile
 * @property {string | null} name  of the stream; null: the server's first
 * @property {string} title
 * @property {import('./sdr-client.js').SdrPlayer} player
 * @property {HTMLElement} box
 * @property {HTMLButtonElement | null} cover  what is pressed to make it large; null where there is one tile only
 * @property {Pictures} pictures  that were shown
 * @property {boolean} paused  by somebody
 */

/** The streams that the page has links to. @param {HTMLElement} nav @returns {{ name: string, title: string }[]} */
export function streamsOf(nav) {
  return [...nav.querySelectorAll('a')].map((link) => ({ name: new URL(link.href).searchParams.get('stream'), title: link.textContent }))
    .filter(({ name }) => name !== null);
}

/** What a player shows, one connection after the other, each of which has a canvas of its own. */
export class Pictures {
  #player;
  #last = null;
  #client = null;
  /** On all connections. */
  painted = 0;

  /** @param {import('./sdr-client.js').SdrPlayer} player */
  constructor(player) {
    this.#player = player;
    player.addEventListener('frame', ({ detail }) => {
      this.#last = detail;
      this.#client = player.client;
      this.painted++;
    });
  }

  /** What is said of the one on the canvas; null: it is empty. @returns {object | null} */
  get last() {
    return this.#client === this.#player.client ? this.#last : null;
  }
}

/** Events: 'view' when another tile, or the grid, is shown. */
export class Tiles extends EventTarget {
  #holder;
  #nav;
  #columns = 1;
  /** @type {Tile[]} */
  all = [];
  /** The one that is large; null: all are shown. @type {Tile | null} */
  shown = null;

  /**
   * @param {HTMLElement} holder  with the canvas of the first one
   * @param {HTMLElement} nav  the links to the streams
   * @param {string} title  of the stream, where there are no links; ''
   * @param {string} token
   */
  constructor(holder, nav, title, token) {
    super();
    this.#holder = holder;
    this.#nav = nav;
    const named = nameInAddress();
    const streams = streamsOf(nav);
    if (streams.length === 0) streams.push({ name: named, title });
    const first = streams.find(({ name }) => name === named) ?? streams[0];
    for (const stream of streams) this.all.push(this.#tile(stream, streams.length > 1, token));
    // One telemetry panel, one socket that brings it.
    for (const { player, name } of this.all) player.muted = name !== first.name;
    this.#turnTo(this.several && named === null ? null : this.all.find(({ name }) => name === first.name));
    for (const { box } of this.all) holder.append(box);
    if (this.several) this.#listen();
  }

  /** Whether there is a grid at all. */
  get several() {
    return this.all.length > 1;
  }

  /** The one that is meant where only one can be: the large one, or the one with the focus, or the first. @returns {Tile} */
  get current() {
    return this.shown ?? this.all.find(({ box }) => box.contains(document.activeElement)) ?? this.all[0];
  }

  /** @param {string} token  for all of them: a server has one */
  useToken(token) {
    for (const { player } of this.all) player.token = token;
  }

  /** @param {Tile | null} tile  to be large; null: all */
  show(tile) {
    if (tile === this.shown) return;
    const before = this.shown;
    this.#turnTo(tile);
    const address = new URL(location.href);
    if (tile === null) address.searchParams.delete('stream');
    else address.searchParams.set('stream', tile.name);
    history.pushState(null, '', address);
    if (tile === null) before.cover.focus();
    this.dispatchEvent(new Event('view'));
  }

  #tile({ name, title }, several, token) {
    const player = document.createElement('sdr-player');
    const canvas = this.all.length === 0 ? this.#holder.querySelector('canvas') : this.all[0].player.firstChild.cloneNode(false);
    canvas.slot = 'picture';
    canvas.removeAttribute('id');
    if (title !== '') canvas.setAttribute('aria-label', `Picture from ${title}`);
    player.append(canvas);
    if (name !== null) player.stream = name;
    if (title !== '') player.label = title;
    player.token = token;
    player.telemetry = 'gathered';
    player.maxFps = new URL(location.href).searchParams.get('max_fps');
    const box = document.createElement('div');
    box.className = 'tile';
    box.append(player);
    const tile = { name, title, player, box, cover: null, pictures: new Pictures(player), paused: false };
    if (several) this.#coverUp(tile);
    return tile;
  }

  #coverUp(tile) {
    tile.cover = document.createElement('button');
    tile.cover.type = 'button';
    tile.cover.className = 'cover';
    tile.cover.addEventListener('click', () => this.show(tile));
    tile.box.append(tile.cover);
  }

  #turnTo(tile) {
    this.shown = tile;
    this.#holder.parentElement.dataset.view = tile === null ? 'grid' : 'one';
    for (const each of this.all) {
      const large = each === tile;
      each.box.hidden = tile !== null && !large;
      each.player.bare = large;
      // In the grid its button stands for it.
      each.player.inert = tile === null;
      if (each.cover !== null) each.cover.hidden = large;
      each.player.querySelector('canvas').id = large ? 'picture' : '';
    }
    for (const link of this.#nav.querySelectorAll('a')) {
      const name = new URL(link.href).searchParams.get('stream');
      if (name === (tile === null ? null : tile.name)) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    this.#arrange();
  }

  #listen() {
    new ResizeObserver(() => this.#arrange()).observe(this.#holder);
    addEventListener('popstate', () => {
      this.#turnTo(this.#named(nameInAddress()));
      this.dispatchEvent(new Event('view'));
    });
    this.#nav.addEventListener('click', (event) => this.#follow(event));
    document.addEventListener('keydown', (event) => this.#pressed(event));
  }

  #named(name) {
    return this.all.find((tile) => tile.name === name) ?? null;
  }

  /** A link leads there without loading the page again, unless somebody wants it in another tab. */
  #follow(event) {
    const link = event.target.closest('a');
    if (link === null || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.show(this.#named(new URL(link.href).searchParams.get('stream')));
  }

  #pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input, .panel')) return;
    if (event.key === 'Escape' && this.shown !== null) {
      event.preventDefault();
      this.show(null);
      return;
    }
    const from = this.all.indexOf(this.shown ?? this.all.find(({ cover }) => cover === document.activeElement));
    // With no tile chosen the first arrow key chooses one.
    const to = from >= 0 ? neighbour(from, event.key, this.shown === null ? this.#columns : 1, this.all.length)
      : event.key.startsWith('Arrow') ? 0 : null;
    if (to === null) return;
    event.preventDefault();
    if (this.shown === null) this.all[to].cover.focus();
    else this.show(this.all[to]);
  }

  #arrange() {
    if (this.shown !== null) return;
    const { clientWidth, clientHeight, style } = this.#holder;
    const { columns, width, height } = gridLayout(this.all.length, clientWidth, clientHeight);
    this.#columns = columns;
    style.setProperty('--columns', String(columns));
    style.setProperty('--gap', `${GAP_PX}px`);
    style.setProperty('--tile-width', `${width}px`);
    style.setProperty('--tile-height', `${height}px`);
  }
}

function nameInAddress() {
  return new URL(location.href).searchParams.get('stream');
}
