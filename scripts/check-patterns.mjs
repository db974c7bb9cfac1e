#!/usr/bin/env node
// Asks recheck of every regular expression in the build whether a client can make it run for ever.
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { check } from 'recheck';
import ts from 'typescript';
import { readOptions } from './command-line.mjs';

const USAGE = `Usage: npm run patterns [-- --timeout 1000]

Reads every RegExp literal of the build (run that first). Exit code 1 when recheck calls one
vulnerable. Those that it cannot decide in the time given are listed: their repetitions are bounded,
and src/edge/request-guard/inspect-cost.spec.ts measures that the cost stays linear.`;

const { timeout = '1000' } = readOptions(USAGE, { timeout: { type: 'string' } });
const root = new URL('../dist/', import.meta.url);

const patterns = [...new Map(literals().map((literal) => [literal.text, literal])).values()];
const waiting = [...patterns];
const checked = (
  await Promise.all(Array.from({ length: Math.min(4, cpus().length) }, work))
).flat();

for (const { status, file, line, text } of checked) {
  if (status !== 'safe') console.log(`${status}  ${file}:${line}  ${short(text)}`);
}
const count = (wanted) => checked.filter(({ status }) => status === wanted).length;
console.log(
  `${checked.length} patterns: ${count('safe')} safe, ${count('vulnerable')} vulnerable, ` +
    `${count('unknown')} not decided in ${timeout} ms each.`,
);
process.exit(count('vulnerable') > 0 || checked.length === 0 ? 1 : 0);

function literals() {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.js') && !file.includes('generated'))
    .flatMap((file) => literalsOf(file, readFileSync(new URL(file, root), 'utf8')));
}

function literalsOf(file, code) {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest);
  const found = [];
  const visit = (node) => {
    if (ts.isRegularExpressionLiteral(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.pos);
      found.push({ file, line: line + 1, text: node.text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

async function work() {
  const done = [];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const end = next.text.lastIndexOf('/');
    const { status } = await check(next.text.slice(1, end), next.text.slice(end + 1), {
      timeout: Number(timeout),
    });
    done.push({ ...next, status });
  }
  return done;
}

function short(text) {
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
