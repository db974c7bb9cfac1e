#!/usr/bin/env node
// Holds docs/claims.md to its word: every claim names tests that exist.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readOptions } from './command-line.mjs';

const USAGE = `Usage: npm run claims

Reads the list in docs/claims.md, each claim with its tests under it, and exits 1 when there is no claim,
a claim has no test, or a test does not exist. A test is "path/to/file.ts › title".`;

readOptions(USAGE);
process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const FILE = 'docs/claims.md';
if (!existsSync(FILE)) fail([`${FILE} is missing.`]);

const claims = claimsOf(readFileSync(FILE, 'utf8'));
if (claims.length === 0) fail([`${FILE} makes no claim.`]);
const tests = claims.flatMap((claim) => claim.tests);
const problems = [
  ...claims
    .filter((claim) => claim.tests.length === 0)
    .map(({ line, claim }) => `line ${line}: "${claim}" has no test`),
  ...tests.map(problemOf).filter(Boolean),
];
if (problems.length > 0) fail(problems);
console.log(`${claims.length} claims, ${tests.length} tests, all there.`);

/** The claims, each with the tests that stand under it. */
function claimsOf(markdown) {
  const found = [];
  for (const [index, text] of markdown.split('\n').entries()) {
    const [, indent, item] = /^(\s*)- (.*)/.exec(text) ?? [];
    if (item === undefined) continue;
    const line = index + 1;
    if (indent === '') found.push({ line, claim: item, tests: [] });
    else found.at(-1)?.tests.push({ line, text: item.replace(/^`(.*)`$/, '$1') });
  }
  return found;
}

function problemOf({ line, text }) {
  const [path, ...title] = text.split('›').map((part) => part.trim());
  if (title.length === 0 || title.includes('')) {
    return `line ${line}: "${text}" is not "path › title"`;
  }
  if (!existsSync(path)) return `line ${line}: there is no file ${path}`;
  const titles = titlesOf(readFileSync(path, 'utf8'));
  const missing = title.find((part) => !titles.has(part));
  return missing && `line ${line}: ${path} has no test "${missing}"`;
}

/** The titles that a test file spells out, of suites too: it('…'), test.each(…)('…'), describe("…"). */
function titlesOf(source) {
  const strings = source.matchAll(
    /\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)/g,
  );
  return new Set([...strings].map(([, quoted]) => quoted.slice(1, -1).replace(/\\(.)/g, '$1')));
}

function fail(messages) {
  for (const message of messages) console.error(message);
  process.exit(1);
}
