// A folder as a web page in headless Chromium, beside a robot that is the server's demo. What the page is like comes by
// requests that a script in it makes, and what is to be pressed goes back in their answers.

import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const SERVER_JAR = fileURLToPath(new URL('../../../../server-app/target/server-app.jar', import.meta.url));
const DEADLINE_MS = 30000;
const POLL_MS = 100;

const WATCH = `
setInterval(async () => {
  const players = [...document.querySelectorAll('sdr-player')];
  const said = { text: document.body.innerText, states: players.map(({ state }) => state.state),
    widths: players.map(({ canvas }) => canvas?.width ?? 0) };
  const press = await (await fetch('/said', { method: 'POST', body: JSON.stringify(said) })).text();
  if (press !== '') [...document.querySelectorAll('button')].find(({ textContent }) => textContent === press).click();
}, ${POLL_MS});`;

/** Asks until the answer will do. @template T @param {() => T | Promise<T>} ask @param {(answer: T) => boolean} enough */
export async function until(what, ask, enough) {
  const end = Date.now() + DEADLINE_MS;
  for (;;) {
    const answer = await ask();
    if (enough(answer)) return answer;
    if (Date.now() > end) throw new Error(`not in time: ${what}; last: ${JSON.stringify(answer)}`);
    await new Promise((resume) => { setTimeout(resume, POLL_MS); });
  }
}

async function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resume) => { child.once('exit', resume); });
  child.kill();
  await exit;
}

/**
 * @param {string} folder  with app.js, a module that draws into #root
 * @param {(page: { said: () => object | null, press: (text: string) => void, viewers: () => Promise<number[]> }) => Promise<void>} look
 */
export async function withPage(folder, look) {
  if (!existsSync(SERVER_JAR)) throw new Error(`This test needs ${SERVER_JAR}: ./mvnw package builds it.`);
  const profile = mkdtempSync(join(tmpdir(), 'sdr-react-chromium-'));
  let said = null;
  let pressed = '';
  const pages = createServer((request, response) => {
    const path = new URL(request.url, 'http://page').pathname;
    if (path === '/said') {
      const parts = [];
      request.on('data', (part) => parts.push(part)).on('end', () => {
        said = JSON.parse(Buffer.concat(parts).toString());
        response.end(pressed);
        pressed = '';
      });
    } else if (path === '/') {
      response.setHeader('Content-Type', 'text/html').end(
        `<!doctype html><style>sdr-player { width: 240px }</style><body><div id="root"></div><script type="module" src="app.js"></script><script>${WATCH}</script>`);
    } else if (existsSync(join(folder, path))) {
      response.setHeader('Content-Type', 'text/javascript').end(readFileSync(join(folder, path)));
    } else {
      response.writeHead(404).end();
    }
  });
  const children = [];
  const start = (command, parts, env = {}) => {
    const child = spawn(command, parts, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    const lines = { text: '' };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => { lines.text += part; });
    child.on('error', (error) => { lines.text += error; });
    return lines;
  };
  try {
    await new Promise((resume) => { pages.listen(0, '127.0.0.1', resume); });
    const origin = `http://127.0.0.1:${pages.address().port}`;
    const server = start('java', ['-XX:TieredStopAtLevel=1', '-jar', SERVER_JAR, 'demo'],
      { SDR_LISTEN_ADDR: '127.0.0.1:0', SDR_ALLOWED_ORIGINS: origin });
    const [, robot] = await until('the demo runs', () => /open (http:\S+) in a browser/.exec(server.text) ?? [server.text],
      (found) => found.length === 2);
    const browser = start('chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync',
      '--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage', `--user-data-dir=${profile}`,
      `${origin}/?robot=${encodeURIComponent(robot)}`]);
    await until('the page is there', () => ({ said, browser: browser.text.slice(-500) }), (now) => now.said !== null);
    await look({
      said: () => said,
      press: (text) => { pressed = text; },
      viewers: async () => (await (await fetch(new URL('/streams', robot))).json()).streams.map(({ viewers }) => viewers),
    });
  } finally {
    for (const child of children) await ended(child);
    await new Promise((resume) => { pages.close(resume); pages.closeAllConnections(); });
    // Processes of a browser that has ended write a moment longer, and rmSync tries anew on the uppermost folder only.
    await until('the profile is gone', () => {
      try {
        rmSync(profile, { recursive: true, force: true });
        return null;
      } catch (error) {
        return error;
      }
    }, (error) => error === null);
  }
}
