import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { shortcutFor, takesText } = await webModule('shortcuts.js');

const SHORTCUTS = [' ', 'f', '1', '?'].map((key) => ({ key, does: '', act: () => {} }));
const BUTTON = { tagName: 'BUTTON' };

const meant = (key, { focused = null, byKeyboard = true, ...event } = {}) => shortcutFor(
  { key, ctrlKey: false, altKey: false, metaKey: false, repeat: false, defaultPrevented: false, ...event },
  focused, byKeyboard, SHORTCUTS)?.key;

test('single keys mean something wherever the focus is, in either case', () => {
  assert.deepEqual([meant('f'), meant('F'), meant('1'), meant('?'), meant(' '), meant('x')], ['f', 'f', '1', '?', ' ', undefined]);
  assert.equal(meant('f', { focused: BUTTON }), 'f');
});

test('where something is typed, they are typed', () => {
  for (const focused of [{ tagName: 'INPUT', type: 'search' }, { tagName: 'INPUT', type: 'password' }, { tagName: 'TEXTAREA' },
    { tagName: 'SELECT' }, { tagName: 'DIV', isContentEditable: true }]) {
    assert.equal(takesText(focused), true);
    for (const key of ['f', ' ', '1', '?']) assert.equal(meant(key, { focused }), undefined);
  }
  assert.equal(meant('f', { focused: { tagName: 'INPUT', type: 'checkbox' } }), 'f');
});

test('the browser\'s own shortcuts, a key held down and what others took are left alone', () => {
  for (const event of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }, { repeat: true }, { defaultPrevented: true }]) {
    assert.equal(meant('f', event), undefined);
  }
});

test('Space presses what was reached by keyboard, and pauses after a click', () => {
  assert.equal(meant(' ', { focused: BUTTON, byKeyboard: true }), undefined);
  assert.equal(meant(' ', { focused: BUTTON, byKeyboard: false }), ' ');
  assert.equal(meant(' ', { focused: { tagName: 'INPUT', type: 'checkbox' }, byKeyboard: true }), undefined);
});
