// README, CHANGELOG and docs: how wide, how long, and whether their links lead somewhere. And that no text file of the
// repository has blanks at its line ends; for Java the build's own check does that.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import {
  brokenLinks, filesBelow, longParagraphs, problemsIn, unknownNames, untidyEnds, wideLines,
} from './document-layout.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../../..');
const TEXTS = new Set(['.md', '.mjs', '.js', '.ts', '.json', '.html', '.css', '.svg', '.py', '.c', '.h', '.sh', '.xml', '.yml',
  '.yaml', '.conf', '.options', '.service', '.properties', '.editorconfig', '.gitignore', '.gitattributes', '.dockerignore']);

const files = filesBelow(ROOT);
const documents = files.filter((file) => extname(file) === '.md');

/** Lists what there is, a problem a line. */
function assertNone(problems) {
  assert.equal(problems.length, 0, `\n${problems.join('\n')}`);
}

test('every document is there', () => {
  const names = documents.map((file) => relative(ROOT, file).split(sep).join('/'));
  for (const name of ['README.md', 'CHANGELOG.md', 'docs/architecture.md', 'docs/benchmarks/README.md']) {
    assert.ok(names.includes(name), name);
  }
});

test('the architecture names every module of the build', () => {
  const modules = ['pom.xml', 'integration-tests/all/pom.xml'].flatMap((pom) =>
    [...readFileSync(join(ROOT, pom), 'utf8').matchAll(/<module>([^<]+)<\/module>/g)].map(([, path]) => basename(path)));
  const architecture = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  assert.ok(modules.length > 10, modules.join());
  assert.deepEqual(modules.filter((name) => name !== '..' && !architecture.includes(`\`${name}\``)), []);
});

test('every class that a document names is there', () => {
  const classes = new Set(files.filter((file) => extname(file) === '.java').map((file) => basename(file, '.java')));
  // Measurements name what there was on their day.
  const current = documents.filter((file) => !file.includes(join('docs', 'benchmarks')));
  assertNone(problemsIn(current, ROOT, (text) => unknownNames(text, classes)));
});

test('no line of a document is wider than 120 columns', () => {
  assertNone(problemsIn(documents, ROOT, wideLines));
});

test('no paragraph of a document is longer than 8 lines', () => {
  assertNone(problemsIn(documents, ROOT, longParagraphs));
});

test('every link within the repository leads to a file, and to a heading if it names one', () => {
  assertNone(problemsIn(documents, ROOT, brokenLinks));
});

test('no text ends its lines with blanks, or without a line end', () => {
  const texts = files.filter((file) => TEXTS.has(extname(file)) || TEXTS.has(`.${file.split(sep).pop().slice(1)}`));
  assertNone(problemsIn(texts, ROOT, untidyEnds));
});

test('wide lines are found where they can be broken', () => {
  const wide = 'word '.repeat(25).trim();
  assert.deepEqual(wideLines(`${wide}\n`), ['1: 124 columns']);
  assert.deepEqual(wideLines(`one\n\n- ${wide}\n`), ['3: 126 columns']);
  assert.deepEqual(wideLines(`\`\`\`sh\n${wide}\nsecond\n\`\`\`\n`), ['2: 124 columns']);
  assert.deepEqual(wideLines(`é${'µ'.repeat(119)}\n`), []);
});

test('tables, addresses and commands of one line may be wide', () => {
  const wide = 'word '.repeat(25).trim();
  assert.deepEqual(wideLines(`| ${wide} |\n`), []);
  assert.deepEqual(wideLines(`\`\`\`sh\n${wide}\n\`\`\`\n`), []);
  assert.deepEqual(wideLines(`See https://example.org/${'a'.repeat(120)} for it.\n`), []);
});

test('long paragraphs are found, list items counted one by one', () => {
  const nine = Array(9).fill('line').join('\n');
  assert.deepEqual(longParagraphs(`# Title\n\n${nine}\n`), ['3: a paragraph of 9 lines']);
  assert.deepEqual(longParagraphs(`- ${nine}\n- short\n`), ['1: a paragraph of 9 lines']);
  assert.deepEqual(longParagraphs(Array(9).fill('- item').join('\n')), []);
  assert.deepEqual(longParagraphs(`\`\`\`\n${nine}\n\`\`\`\n\n${Array(9).fill('| row |').join('\n')}\n`), []);
});

test('names of classes that are not there are found', () => {
  assert.deepEqual(unknownNames('`FrameReader` and\n`FrameReaper.read` throw `IllegalStateException`\n', new Set(['FrameReader'])),
    ['2: there is no class FrameReaper']);
});

test('links to nowhere are found', () => {
  const file = join(ROOT, 'docs/performance.md');
  assert.deepEqual(brokenLinks('[a](none.md)\n[b](#none)\n[c](../README.md#test-it)\n[d](https://example.org/x)\n', file),
    ['1: there is no none.md', '2: there is no heading for #none']);
});

test('untidy ends are found', () => {
  assert.deepEqual(untidyEnds('a \nb\n\n'), ['1: blanks at the end', '3: an empty line at the end']);
  assert.deepEqual(untidyEnds('a'), ['1: no line end at the end']);
  assert.deepEqual(untidyEnds('a\n'), []);
});
