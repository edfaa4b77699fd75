/** Single keys that do what the page's buttons do, wherever the focus is, and a dialog that lists them. */

import { icon, make } from './panel/elements.js';

const REMEMBERED = 'sdr.shortcuts';
const KEYBOARD_ICON = 'M3 6h18v12H3zm2 2v8h14V8zm1 1h2v2H6zm3 0h2v2H9zm3 0h2v2h-2zm3 0h3v2h-3zM6 12h2v2H6zm3 0h6v2H9zm7 0h2v2h-2z';
/** Of inputs into which nothing is typed. */
const NOT_TYPED = ['checkbox', 'radio', 'button', 'submit', 'reset', 'range', 'color', 'file', 'image'];

/**
 * @typedef {object} Shortcut
 * @property {string} key  as a keyboard event names it, in lower case
 * @property {string} does  for people
 * @property {() => void} act
 */

/** @param {Element | null} element @returns {boolean} whether keys write something there */
export function takesText(element) {
  if (element === null) return false;
  if (element.isContentEditable || element.tagName === 'TEXTAREA' || element.tagName === 'SELECT') return true;
  return element.tagName === 'INPUT' && !NOT_TYPED.includes(element.type);
}

/**
 * What a key means where.
 * @param {{ key: string, ctrlKey: boolean, altKey: boolean, metaKey: boolean, repeat: boolean, defaultPrevented: boolean }} event
 * @param {Element | null} focused  null: nothing has the focus
 * @param {boolean} byKeyboard  it got there by the keyboard
 * @param {Shortcut[]} shortcuts
 * @returns {Shortcut | undefined}
 */
export function shortcutFor(event, focused, byKeyboard, shortcuts) {
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.altKey || event.metaKey || takesText(focused)) return undefined;
  // Who went to a button by keyboard presses it by Space. Who clicked it looks at the picture again.
  if (event.key === ' ' && focused !== null && byKeyboard) return undefined;
  return shortcuts.find(({ key }) => key === event.key.toLowerCase());
}

export class Shortcuts {
  #shortcuts;
  #remembered;
  #dialog;
  #on;
  #byKeyboard = true;
  #spaceTaken = false;

  /**
   * @param {Shortcut[]} shortcuts
   * @param {{ keys: string, does: string }[]} others  that are listed only
   * @param {{ get: (key: string) => string | null, set: (key: string, value: string) => unknown }} remembered
   * @param {HTMLElement} controls  gets a button for the list
   */
  constructor(shortcuts, others, remembered, controls) {
    this.#shortcuts = [...shortcuts, { key: '?', does: 'This list', act: () => this.show() }];
    this.#remembered = remembered;
    this.#on = remembered.get(REMEMBERED) !== 'off';
    this.#dialog = this.#makeDialog(others);
    const button = make('button', { id: 'shortcuts', type: 'button', title: 'Keyboard shortcuts', 'aria-haspopup': 'dialog' },
      icon(KEYBOARD_ICON), make('span', { class: 'unseen' }, 'Keyboard shortcuts'));
    button.addEventListener('click', () => this.show());
    controls.append(button);
    document.body.append(this.#dialog);
    document.addEventListener('pointerdown', () => { this.#byKeyboard = false; }, true);
    document.addEventListener('keydown', (event) => this.#pressed(event));
    // Firefox presses a button when Space is let go.
    document.addEventListener('keyup', (event) => {
      if (event.key === ' ' && this.#spaceTaken) event.preventDefault();
      if (event.key === ' ') this.#spaceTaken = false;
    }, true);
  }

  show() {
    this.#dialog.showModal();
  }

  #pressed(event) {
    const { activeElement } = document;
    const focused = activeElement === document.body ? null : activeElement;
    if (event.key === 'Tab' || event.key === 'Enter' || event.key.startsWith('Arrow')) this.#byKeyboard = true;
    const shortcut = this.#on ? shortcutFor(event, focused, this.#byKeyboard, this.#shortcuts) : undefined;
    if (shortcut === undefined) return;
    event.preventDefault();
    this.#spaceTaken = event.key === ' ';
    shortcut.act();
  }

  #makeDialog(others) {
    const listed = [...this.#shortcuts.map(({ key, does }) => ({ keys: key === ' ' ? 'Space' : key.toUpperCase(), does })), ...others];
    const box = make('input', { id: 'shortcuts-on', type: 'checkbox' });
    box.checked = this.#on;
    box.addEventListener('change', () => {
      this.#on = box.checked;
      this.#remembered.set(REMEMBERED, this.#on ? 'on' : 'off');
    });
    const close = make('button', { id: 'shortcuts-close', type: 'button', class: 'primary' }, 'Close');
    const dialog = make('dialog', { class: 'shortcuts', 'aria-labelledby': 'shortcuts-title' },
      make('h2', { id: 'shortcuts-title' }, 'Keyboard shortcuts'),
      make('dl', {}, ...listed.map(({ keys, does }) => make('div', {}, make('dt', {}, make('kbd', {}, keys)), make('dd', {}, does)))),
      make('label', {}, box, 'Single keys do this'), close);
    close.addEventListener('click', () => dialog.close());
    // While it is open no key means anything to the page behind it.
    dialog.addEventListener('keydown', (event) => event.stopPropagation());
    return dialog;
  }
}
