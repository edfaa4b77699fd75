// How the documents are laid out: what is wrong with a text, each with its file and line.

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

export const MAX_COLUMNS = 120;
export const MAX_PARAGRAPH_LINES = 8;

const FENCE = /^\s*```/;
const TABLE_ROW = /^\s*\|/;
const HEADING = /^#{1,6}\s+(.*)$/;
const ITEM = /^\s*(?:[-*]|\d+\.)\s/;
const URL = /\bhttps?:\/\/[^\s)>]+/g;
const CLASS_NAME = /`([A-Z][a-z0-9]+[A-Z][A-Za-z0-9]*)\b/g;
const FOREIGN_NAME = /(?:Error|Exception)$|^(?:KeyFactory|LimitNOFILE)$/;
const LINK = /\]\(([^()\s]+)\)/g;

/** The lines of a Markdown text with what each of them is: prose, table, heading, code, or blank. */
function classified(text) {
  const lines = text.split('\n').map((content, index) => ({ content, number: index + 1, kind: 'prose', block: 0 }));
  let fenceOpen = false;
  let block = 0;
  for (const line of lines) {
    if (FENCE.test(line.content)) {
      fenceOpen = !fenceOpen;
      block += fenceOpen ? 1 : 0;
      line.kind = 'fence';
    } else if (fenceOpen) {
      line.kind = 'code';
      line.block = block;
    } else if (line.content.trim() === '') {
      line.kind = 'blank';
    } else if (TABLE_ROW.test(line.content)) {
      line.kind = 'table';
    } else if (HEADING.test(line.content)) {
      line.kind = 'heading';
    }
  }
  return lines;
}

/** Lines that are too wide. Tables, URLs and code that is one line only cannot be broken. */
export function wideLines(text) {
  const lines = classified(text);
  const linesOfBlock = new Map();
  for (const { kind, block } of lines) {
    if (kind === 'code') linesOfBlock.set(block, (linesOfBlock.get(block) ?? 0) + 1);
  }
  return lines
    .filter(({ kind, block }) => kind !== 'table' && !(kind === 'code' && linesOfBlock.get(block) === 1))
    .filter(({ content }) => [...content].length > MAX_COLUMNS && [...content.replace(URL, '')].length > MAX_COLUMNS)
    .map(({ number, content }) => `${number}: ${[...content].length} columns`);
}

/** Paragraphs and list items that are too long, by their first line. */
export function longParagraphs(text) {
  const problems = [];
  let first = 0;
  let length = 0;
  const end = () => {
    if (length > MAX_PARAGRAPH_LINES) problems.push(`${first}: a paragraph of ${length} lines`);
    length = 0;
  };
  for (const { content, number, kind } of [...classified(text), { content: '', number: 0, kind: 'blank' }]) {
    if (kind !== 'prose' || ITEM.test(content)) end();
    if (kind === 'prose') {
      if (length === 0) first = number;
      length += 1;
    }
  }
  return problems;
}

/** The anchors GitHub gives to a text's headings. */
function anchors(text) {
  const found = new Set();
  for (const { kind, content } of classified(text)) {
    if (kind !== 'heading') continue;
    const name = content.match(HEADING)[1].replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '').replace(/ /g, '-');
    let anchor = name;
    for (let again = 1; found.has(anchor); again++) anchor = `${name}-${again}`;
    found.add(anchor);
  }
  return found;
}

/** Links to files of the repository, or to headings in them, that lead nowhere. */
export function brokenLinks(text, file) {
  const problems = [];
  for (const { kind, content, number } of classified(text)) {
    if (kind === 'code') continue;
    for (const [, target] of content.matchAll(LINK)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path, anchor] = target.split('#');
      const to = path === '' ? file : normalize(join(dirname(file), path));
      if (!existsSync(to)) {
        problems.push(`${number}: there is no ${target}`);
      } else if (anchor && !anchors(readFileSync(to, 'utf8')).has(anchor)) {
        problems.push(`${number}: there is no heading for ${target}`);
      }
    }
  }
  return problems;
}

/** Names like those of classes, in backquotes, that are neither among the given ones nor the JDK's or systemd's. */
export function unknownNames(text, classes) {
  return classified(text).filter(({ kind }) => kind !== 'code')
    .flatMap(({ content, number }) => [...content.matchAll(CLASS_NAME)].map(([, name]) => ({ name, number })))
    .filter(({ name }) => !classes.has(name) && !FOREIGN_NAME.test(name))
    .map(({ name, number }) => `${number}: there is no class ${name}`);
}

/** Blanks at the end of lines, a missing or superfluous line end at the end. */
export function untidyEnds(text) {
  const problems = text.split('\n')
    .flatMap((content, index) => (/[ \t\r]$/.test(content) ? [`${index + 1}: blanks at the end`] : []));
  if (text !== '' && !text.endsWith('\n')) problems.push(`${text.split('\n').length}: no line end at the end`);
  if (text.endsWith('\n\n')) problems.push(`${text.split('\n').length - 1}: an empty line at the end`);
  return problems;
}

/** All files below a folder, except in those folders that hold what is built or not the project's. */
export function filesBelow(folder, leftOut = new Set(['.git', 'target', 'node_modules', 'corpus'])) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return leftOut.has(entry.name) ? [] : filesBelow(path, leftOut);
    return entry.isFile() && statSync(path).size > 0 ? [path] : [];
  });
}

/** `file:line: problem` for each problem that check finds in each file. */
export function problemsIn(files, root, check) {
  return files.flatMap((file) => check(readFileSync(file, 'utf8'), file).map((problem) => `${relative(root, file)}:${problem}`));
}
