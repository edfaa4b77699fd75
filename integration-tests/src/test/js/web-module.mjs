// Loads the player's modules into node. They are named .js and no package.json lies beside them, so older nodes would
// take them for CommonJS; copies beside a package.json are not mistaken.

import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const resources = join(here, '../../../../server-app/src/main/resources/io/sdros/server');
const folder = mkdtempSync(join(tmpdir(), 'sdr-web-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
cpSync(join(resources, 'web'), folder, { recursive: true });
writeFileSync(join(folder, 'package.json'), '{"type": "module"}');

/** Where the player's files lie as they are shipped. */
export const WEB_FOLDER = join(resources, 'web');

export const DEMO_CLIP = join(resources, 'demo/demo.h264');

// Node 18 lacks this one of what every browser has.
globalThis.CustomEvent ??= class CustomEvent extends Event {
  constructor(type, { detail = null, ...init } = {}) {
    super(type, init);
    this.detail = detail;
  }
};

/** @param {string} name  of a file of the player */
export const webModule = (name) => import(pathToFileURL(join(folder, name)));
