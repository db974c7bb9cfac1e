#!/usr/bin/env node
// Asks recheck of every regular expression in the build whether a client can make it run for ever.
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { check } from 'recheck';
import ts from 'typescript';
import { readOptions } from './command-line.mjs';

/** Files whose patterns are many or long, with the test that runs them over the worst texts. */
const MEASURED = [
  { files: 'edge/request-guard/', test: 'src/edge/request-guard/inspect-cost.spec.ts' },
  {
    files: 'platform/logging/secret-shapes.js',
    test: 'src/platform/logging/secret-shapes.spec.ts',
  },
];

const USAGE = `Usage: npm run patterns [-- --timeout 1000]

Reads every RegExp of the build (run that first): literals, and those that modules put together while
they load. Exit code 1 when recheck calls one vulnerable, or cannot decide it in the time given and no
test measures that the cost of its file stays linear:
${MEASURED.map(({ files, test }) => `  ${files.padEnd(36)} ${test}`).join('\n')}`;

const { timeout = '1000' } = readOptions(USAGE, { timeout: { type: 'string' } });
const root = new URL('../dist/', import.meta.url);

const { literals, assembling } = readSources();
const assembled = await loadAssembled(assembling);
const patterns = [
  ...new Map([...literals, ...assembled].map((pattern) => [pattern.text, pattern])).values(),
];
const waiting = [...patterns];
const checked = (
  await Promise.all(Array.from({ length: Math.min(4, cpus().length) }, work))
).flat();

for (const { status, file, line, text } of checked) {
  if (status !== 'safe') console.log(`${status}  ${file}:${line}  ${short(text)}`);
}
const count = (wanted) => checked.filter(({ status }) => status === wanted).length;
const unmeasured = checked.filter(({ status, file }) => status === 'unknown' && !isMeasured(file));
console.log(
  `${checked.length} patterns: ${count('safe')} safe, ${count('vulnerable')} vulnerable, ` +
    `${count('unknown')} not decided in ${timeout} ms each, ${unmeasured.length} of them not measured.`,
);
process.exit(count('vulnerable') + unmeasured.length > 0 || checked.length === 0 ? 1 : 0);

/** The literals of the build, and the files that call `new RegExp`. */
function readSources() {
  const found = [];
  const calling = new Set();
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.js') || /generated|^service/.test(file)) continue; // service/ is all of it once more
    const code = readFileSync(new URL(file, root), 'utf8');
    const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest);
    const visit = (node) => {
      if (ts.isRegularExpressionLiteral(node)) {
        const { line } = source.getLineAndCharacterOfPosition(node.pos);
        found.push({ file, line: line + 1, text: node.text });
      }
      if (ts.isNewExpression(node) && node.expression.getText(source) === 'RegExp') {
        calling.add(file);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { literals: found, assembling: [...calling] };
}

/** What the modules hand to `new RegExp` while they load; only what our own code hands over counts. */
async function loadAssembled(files) {
  const found = [];
  const Native = RegExp;
  globalThis.RegExp = new Proxy(Native, {
    construct(target, parts) {
      const pattern = Reflect.construct(target, parts);
      const site = new Error('site').stack.split(root.href)[1]?.match(/^([^:]+):(\d+)/);
      const caller = new Error('site').stack.split('\n')[2] ?? '';
      if (site && caller.includes(root.href)) {
        found.push({ file: site[1], line: Number(site[2]), text: String(pattern) });
      }
      return pattern;
    },
  });
  try {
    for (const file of files) await import(new URL(file, root).href);
  } finally {
    globalThis.RegExp = Native;
  }
  return found;
}

function isMeasured(file) {
  return MEASURED.some(({ files }) => file.startsWith(files));
}

async function work() {
  const done = [];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const end = next.text.lastIndexOf('/');
    const ask = async (milliseconds) =>
      (await check(next.text.slice(1, end), next.text.slice(end + 1), { timeout: milliseconds }))
        .status;
    let status = await ask(Number(timeout));
    // What nothing else looks at has five times as long, and where recheck fuzzes it may err on a busy
    // machine: a weakness has to be found twice.
    const longer = 5 * Number(timeout);
    if (status === 'unknown' && !isMeasured(next.file)) status = await ask(longer);
    if (status === 'vulnerable') status = await ask(longer);
    done.push({ ...next, status });
  }
  return done;
}

function short(text) {
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
