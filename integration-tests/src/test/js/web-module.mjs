// Loads a module of the player into node. The files are served as they are, named .js and without a package.json, so
// older nodes would take them for CommonJS; a copy named .mjs is not mistaken.

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const resources = join(here, '../../../../server-app/src/main/resources/io/sdros/server');

export const DEMO_CLIP = join(resources, 'demo/demo.h264');

export async function webModule(name) {
  const folder = mkdtempSync(join(tmpdir(), 'sdr-web-'));
  try {
    const copy = join(folder, name.replace(/\.js$/, '.mjs'));
    copyFileSync(join(resources, 'web', name), copy);
    return await import(pathToFileURL(copy));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
