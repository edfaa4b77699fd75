/** What lies behind the age: how long each part of the picture's way takes, and how well that is known. */

/** @typedef {import('./sdr-client.js').Statistics} Statistics */

const PARTS = {
  captureToCommitMs: 'Camera and encoder',
  commitToServerMs: 'To the server',
  serverToReceivedMs: 'Server to here',
  receivedToDecodedMs: 'Decoding',
  decodedToShownMs: 'Drawing',
};
const NOT_KNOWN = 'not known';
const NOT_CONNECTED = 'There is no connection.';
const SCREEN = 'The screen comes after that, one refresh or more.';

/** @param {number | null} delayMs @returns {string} a negative one is within the error of the clock */
export function milliseconds(delayMs) {
  if (delayMs === null) return NOT_KNOWN;
  const shownMs = Math.max(0, delayMs);
  return `${shownMs < 9.95 ? shownMs.toFixed(1) : Math.round(shownMs)} ms`;
}

/** Never less than it is. */
const atMost = (errorMs) => (errorMs < 10 ? (Math.ceil(errorMs * 10) / 10).toFixed(1) : Math.ceil(errorMs));

/**
 * @param {Statistics} statistics
 * @param {boolean} connected
 * @returns {{ rows: [string, string][], note: string }} the last row is the sum
 */
export function agePartsWords({ delays, protocol, clock }, connected = true) {
  const rows = Object.entries(PARTS).map(([part, name]) => [name, milliseconds(delays[part])]);
  if (delays.captureToShownMs !== null) rows.push(['From capture to drawn', milliseconds(delays.captureToShownMs)]);
  else rows.push(['From commit to drawn', milliseconds(delays.commitToShownMs)]);
  const errorMs = delays.clockErrorMs ?? clock?.errorMs ?? null;
  if (!connected) return { rows, note: NOT_CONNECTED };
  if (protocol === '') return { rows, note: `This server does not say when pictures were taken: the age begins when they came here. ${SCREEN}` };
  if (errorMs === null) return { rows, note: 'What time it is on the server is not known yet.' };
  const exact = `Exact to ± ${atMost(errorMs)} ms. ${SCREEN}`;
  const known = delays.captureToCommitMs !== null || delays.commitToShownMs === null;
  return { rows, note: known ? exact : `The producer does not say when it takes pictures: the age begins with the commit. ${exact}` };
}

/** The button that shows the age, and what it opens. */
export class AgeParts {
  #button;
  #box;
  #list = document.createElement('dl');
  #note = document.createElement('p');
  #latest = { statistics: null, connected: false };

  /**
   * @param {HTMLButtonElement} button  its text is the age
   * @param {HTMLElement} box  empty, and hidden until the button is pressed
   */
  constructor(button, box) {
    this.#button = button;
    this.#box = box;
    this.#note.className = 'quiet';
    box.append(this.#list, this.#note);
    button.addEventListener('click', () => this.#open(box.hidden));
    for (const element of [button, box]) {
      element.addEventListener('keydown', (event) => {
        if (event.key !== 'Escape' || box.hidden) return;
        // Closing this is enough: it would lead to the grid, too.
        event.preventDefault();
        this.#open(false);
      });
    }
  }

  /** @param {Statistics | null} statistics  of the picture that is shown; null: there are none yet @param {boolean} connected */
  draw(statistics, connected) {
    this.#latest = { statistics, connected };
    if (this.#box.hidden) return;
    const { rows, note } = statistics === null ? { rows: [], note: NOT_CONNECTED } : agePartsWords(statistics, connected);
    while (this.#list.children.length > rows.length) this.#list.lastChild.remove();
    while (this.#list.children.length < rows.length) {
      const row = document.createElement('div');
      row.append(document.createElement('dt'), document.createElement('dd'));
      this.#list.append(row);
    }
    rows.forEach(([name, text], place) => {
      const [term, value] = this.#list.children[place].children;
      if (term.textContent !== name) term.textContent = name;
      if (value.textContent !== text) value.textContent = text;
    });
    if (this.#note.textContent !== note) this.#note.textContent = note;
  }

  #open(shown) {
    this.#box.hidden = !shown;
    this.#button.setAttribute('aria-expanded', String(shown));
    this.draw(this.#latest.statistics, this.#latest.connected);
  }
}
