// How the player's files hang together.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { WEB_FOLDER, webModule } from './web-module.mjs';

const MOST_LINES = 400;
const IMPORT = /(?:\bfrom|\bimport\b(?: ?\()?|\bnew Worker\(new URL\()\s*'(\.[^']+)'/g;

const source = (name) => readFileSync(join(WEB_FOLDER, name), 'utf8');
const list = (folder) => readdirSync(join(WEB_FOLDER, folder)).filter((name) => name.endsWith('.js')).map((name) => join(folder, name));
const MODULES = [...list('.'), ...list('client'), ...list('panel')];
const importsOf = (name) => [...source(name).matchAll(IMPORT)].map(([, path]) => normalize(join(dirname(name), path)));

/** All that a module brings along, itself included. */
function closure(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const next of importsOf(name)) closure(next, seen);
  return seen;
}

/** @returns {string[] | null} a way from a module back to itself */
function circle(name, path = []) {
  if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
  for (const next of importsOf(name)) {
    const found = circle(next, [...path, name]);
    if (found !== null) return found;
  }
  return null;
}

test('every import is of a file that is there, and none leads back', () => {
  assert.ok(MODULES.length >= 20);
  for (const name of MODULES) {
    for (const imported of importsOf(name)) assert.ok(MODULES.includes(imported), `${name} imports ${imported}`);
    assert.equal(circle(name)?.join(' > '), undefined);
  }
});

test('the client needs nothing from outside its folder, and has nothing that nobody needs', () => {
  const needed = closure('client/index.js');
  assert.deepEqual([...needed].filter((name) => !name.startsWith('client/')), []);
  assert.deepEqual(list('client').filter((name) => !needed.has(name)), []);
});

test('index.js has the names that index.d.ts declares', async () => {
  const types = source('client/index.d.ts');
  const declared = [...types.matchAll(/^export (?:const|function|class) (\w+)/gm)].map((match) => match[1]);
  const index = await webModule('client/index.js');
  assert.deepEqual(Object.keys(index).sort(), declared.sort());
});

test('pages that know the names of before find all of them', async () => {
  const index = await webModule('client/index.js');
  const client = await webModule('sdr-client.js');
  for (const name of Object.keys(index)) assert.equal(client[name], index[name]);
  for (const name of ['GroupBuffer', 'stateOf', 'whyNothingNew']) assert.equal(typeof client[name], 'function', name);
  const fallback = await webModule('sdr-mse.js');
  assert.deepEqual(Object.keys(fallback).sort(), ['MseDecoder', 'initSegment', 'mediaSegment']);
});

test('the package has the version of its modules', async () => {
  const { VERSION } = await webModule('client/index.js');
  assert.equal(JSON.parse(source('client/package.json')).version, VERSION);
});

test(`no module is longer than ${MOST_LINES} lines`, () => {
  for (const name of MODULES) assert.ok(source(name).split('\n').length <= MOST_LINES + 1, name);
});

test('no request of the page is without a time limit', () => {
  for (const name of MODULES) {
    const requests = [...source(name).matchAll(/\bfetch\(([^;]*);/g)].map((match) => match[1]);
    for (const request of requests) assert.match(request, /signal/, `${name}: fetch(${request}`);
  }
});
