// The client as an npm package: packed, installed, bundled and type-checked as a front end would.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { until, withPage } from './chromium-page.mjs';
import { WEB_FOLDER } from './web-module.mjs';

const INSTALLING_MS = 120000;
const PACKAGE = join(WEB_FOLDER, 'client');
const { name, version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));

let project;
let packed;

function run(command, parts, timeout = 60000) {
  const result = spawnSync(command, parts, { cwd: project, encoding: 'utf8', timeout });
  if (result.error?.code === 'ENOENT') throw new Error(`This test needs ${command}, which is not installed.`);
  return { code: result.status, said: `${result.stdout}${result.stderr}${result.error ?? ''}`, stdout: result.stdout };
}

function runWell(command, parts, timeout) {
  const { code, said, stdout } = run(command, parts, timeout);
  assert.equal(code, 0, `${command} ${parts.join(' ')}: ${said}`);
  return stdout;
}

const tool = (name) => join(project, 'node_modules/.bin', name);

before(() => {
  project = mkdtempSync(join(tmpdir(), 'sdr-package-'));
  cpSync(fileURLToPath(new URL('package', import.meta.url)), project, { recursive: true });
  const { code, said } = run('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], INSTALLING_MS);
  if (code !== 0) {
    throw new Error(`esbuild, typescript and react could not be had from the registry that npm is configured with:\n${said}`);
  }
  [packed] = JSON.parse(runWell('npm', ['pack', PACKAGE, '--json', '--pack-destination', project]));
  runWell('npm', ['install', '--no-save', '--ignore-scripts', '--offline', '--no-audit', '--no-fund', join(project, packed.filename)]);
});

after(() => rmSync(project, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));

/** A warning is a failure. */
function bundle(parts) {
  const { code, said } = run(tool('esbuild'), [...parts, '--bundle', '--log-level=warning', '--target=es2022']);
  assert.deepEqual([code, said], [0, '']);
}

test('everything that is served is in the package, and nothing else', () => {
  assert.equal(`${packed.name} ${packed.version}`, `${name} ${version}`);
  assert.deepEqual(packed.files.map((file) => file.path).sort(), readdirSync(PACKAGE).sort());
});

test('it is imported by its name', () => {
  const printed = runWell('node', ['--input-type=module', '-e', `import { VERSION } from '${name}'; console.log(VERSION);`]);
  assert.equal(printed.trim(), version);
});

test('bundled as a module, with its worker beside it', async () => {
  bundle(['app.js', `worker=node_modules/${name}/worker.js`, '--format=esm', '--outdir=esm']);
  assert.deepEqual(readdirSync(join(project, 'esm')).sort(), ['app.js', 'worker.js']);
  const app = readFileSync(join(project, 'esm/app.js'), 'utf8');
  assert.match(app, /new Worker\(new URL\("\.\/worker\.js", import\.meta\.url\), \{ type: "module"/);
  for (const file of ['app.js', 'worker.js']) {
    assert.doesNotMatch(readFileSync(join(project, 'esm', file), 'utf8'), /^import|\bimport\(/m, `${file} stands alone`);
  }
  const { Codec, SdrClient, VERSION } = await import(pathToFileURL(join(project, 'esm/app.js')));
  assert.deepEqual([VERSION, Codec.H264, typeof SdrClient], [version, 1, 'function']);
});

test('bundled as a script, which does not know where it came from', () => {
  bundle(['app.js', '--format=iife', '--global-name=sdr', '--outfile=iife.js', '--log-override:empty-import-meta=silent']);
  const page = vm.createContext({ EventTarget, URL, TypeError });
  vm.runInContext(readFileSync(join(project, 'iife.js'), 'utf8'), page);
  assert.equal(vm.runInContext('sdr.VERSION', page), version);
  assert.equal(vm.runInContext("new sdr.SdrClient({ url: 'ws://robot:8080/stream/ws' }).state.state", page), 'idle');
  assert.throws(() => vm.runInContext('new sdr.SdrClient()', page), /url/);
});

for (const [resolution, options] of Object.entries({
  'as node does': ['--module', 'nodenext'],
  'as bundlers do': ['--module', 'esnext', '--moduleResolution', 'bundler'],
  'as older tools do': ['--module', 'esnext', '--moduleResolution', 'node10'],
})) {
  test(`its types hold, found ${resolution}`, () => {
    runWell(tool('tsc'), ['--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2022,dom', ...options, 'usage.ts']);
  });
}

test('the example for React shows two live cameras, mounted twice by StrictMode, and leaves no connection behind', async () => {
  const example = fileURLToPath(new URL('../../../../docs/examples/react/cameras.jsx', import.meta.url));
  assert.ok(readFileSync(example, 'utf8').split('\n').length <= 32, 'about thirty lines');
  copyFileSync(example, join(project, 'cameras.jsx'));
  bundle(['app=cameras.jsx', `worker=node_modules/${name}/worker.js`, '--format=esm', '--outdir=react', '--jsx=automatic',
    '--define:process.env.NODE_ENV="development"']);
  await withPage(join(project, 'react'), async ({ said, press, viewers }) => {
    const live = ({ states, widths, text }) => states.join() === 'live,live' && widths.every((width) => width >= 320)
      && /Hide\s+Live\.\s+Live\./.test(text);
    await until('both are live, and say so', said, live);
    await until('one connection each', viewers, (now) => now.join() === '1,1');
    press('Hide');
    await until('none is left', viewers, (now) => now.join() === '0,0');
    press('Show');
    await until('both are live again', said, live);
    await until('one connection each again', viewers, (now) => now.join() === '1,1');
  });
});
