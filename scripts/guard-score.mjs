#!/usr/bin/env node
// Measures the request guard on labelled texts: what it detects, what it flags, what it costs.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const usage = `Usage: npm run guard:score -- DIR [--json] [--limit=10]

Reads every *.jsonl in DIR (or one file; if some are named attack*, benign* or naughty*, only those): {"input","label","tier"?}, one a line.
A line with a tier is benign (A everyday, B hard natural, C technical prose, D code);
one without is an attack of the family named by its label. Files named naughty* count as
neither: they are only checked for identity and for not throwing.
Needs a build first (npm run build).`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    limit: { type: 'string', default: '10' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const [source] = positionals;
if (values.help || !source) {
  process.stdout.write(`${usage}\n`);
  process.exit(values.help ? 0 : 2);
}

const built = new URL('../dist/edge/request-guard/', import.meta.url);
if (!existsSync(new URL('inspect.js', built))) {
  process.stderr.write('No build found: run `npm run build` first.\n');
  process.exit(2);
}
const { inspectText } = await import(new URL('inspect.js', built).href);
const { normaliseText, refusedControls } = await import(new URL('normalise.js', built).href);

const percent = (part, whole) => `${((100 * part) / whole).toFixed(1)} %`.padStart(9);
const line = (name, { texts, blocked, reported }) =>
  `${name.padEnd(14)}${String(texts).padStart(7)}${percent(blocked, texts)}${percent(reported, texts)}${percent(blocked + reported, texts)}`;
const limit = Number(values.limit);
const report = score(read(source));
process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : `${table(report)}\n`);

function read(path) {
  const names = statSync(path).isDirectory() ? readdirSync(path).toSorted() : [''];
  const lists = names.filter((name) => name === '' || name.endsWith('.jsonl'));
  // A folder of corpora may hold other lists too (e-mail addresses, JSON texts).
  const corpora = lists.filter((name) => /^(?:attack|benign|naughty)/.test(name));
  const files = (corpora.length > 0 ? corpora : lists).map((name) => join(path, name));
  return files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((json) => JSON.parse(json))
      .filter((row) => typeof row.input === 'string')
      .map((row) => Object.assign(row, { kind: kindOf(file, row) })),
  );
}

function kindOf(file, row) {
  if (/naughty/.test(file)) return 'naughty';
  return row.tier ? 'benign' : 'attack';
}

function score(rows) {
  for (const { input } of rows.slice(0, 4000)) inspectText(input); // let the compiler warm up
  const families = {};
  const tiers = {};
  const identity = { texts: 0, changed: 0 };
  const misses = [];
  const falseAlarms = [];
  const costs = { attack: [], benign: [], naughty: [] };
  for (const row of rows) {
    const startedAt = process.hrtime.bigint();
    const { action, score: points, findings } = inspectText(row.input);
    const microseconds = Number(process.hrtime.bigint() - startedAt) / 1000;
    costs[row.kind].push({ microseconds, bytes: Buffer.byteLength(row.input) });
    if (row.kind !== 'attack' && isStorable(row.input)) {
      identity.texts += 1;
      if (normaliseText(row.input) !== row.input) identity.changed += 1;
    }
    if (row.kind === 'naughty') continue;
    const group =
      row.kind === 'benign' ? (tiers[row.tier] ??= zero()) : (families[row.label] ??= zero());
    group.texts += 1;
    if (action === 'block') group.blocked += 1;
    if (action === 'report') group.reported += 1;
    const entry = {
      group: row.tier ?? row.label,
      input: row.input,
      score: points,
      rules: findings.map((f) => f.rule),
    };
    if (row.kind === 'attack' && action === 'pass') misses.push(entry);
    if (row.kind === 'benign' && action !== 'pass') falseAlarms.push(entry);
  }
  // The worst miss is the shortest (nothing hides it), the worst false alarm the highest score.
  misses.sort((a, b) => a.input.length - b.input.length);
  falseAlarms.sort((a, b) => b.score - a.score);
  return {
    families,
    tiers,
    identity,
    cost: { benign: perKilobyte(costs.benign), attack: perKilobyte(costs.attack) },
    worstMisses: misses.slice(0, limit),
    worstFalseAlarms: falseAlarms.slice(0, limit),
  };
}

function zero() {
  return { texts: 0, blocked: 0, reported: 0 };
}

/** Already NFC and without refused controls: such text must come through byte for byte. */
function isStorable(text) {
  return (
    text.normalize('NFC') === text && text.isWellFormed() && text.search(refusedControls) === -1
  );
}

/** Texts are gathered into bodies of about 1 KB, as the target is stated for one. */
function perKilobyte(samples) {
  const bodies = [];
  let microseconds = 0;
  let bytes = 0;
  for (const sample of samples) {
    microseconds += sample.microseconds;
    bytes += sample.bytes;
    if (bytes < 1024) continue;
    bodies.push((microseconds * 1024) / bytes);
    microseconds = 0;
    bytes = 0;
  }
  bodies.sort((a, b) => a - b);
  const at = (share) => Math.round((bodies[Math.floor(bodies.length * share)] ?? 0) * 10) / 10;
  return { bodies: bodies.length, medianMicroseconds: at(0.5), p99Microseconds: at(0.99) };
}

function table({ families, tiers, identity, cost, worstMisses, worstFalseAlarms }) {
  return [
    ...block('attacks', families),
    ...block('benign', tiers),
    `stored byte for byte: ${identity.texts - identity.changed} of ${identity.texts}`,
    `cost per KB, benign: median ${cost.benign.medianMicroseconds} µs, p99 ${cost.benign.p99Microseconds} µs (${cost.benign.bodies} bodies)`,
    `cost per KB, attacks: median ${cost.attack.medianMicroseconds} µs, p99 ${cost.attack.p99Microseconds} µs (${cost.attack.bodies} bodies)`,
    '',
    ...list('worst misses', worstMisses),
    ...list('worst false alarms', worstFalseAlarms),
  ].join('\n');
}

function list(title, entries) {
  return [
    title,
    ...entries.map(
      ({ group, score: points, rules, input }) =>
        `  ${group.padEnd(10)} ${points} ${rules.join(',')} ${JSON.stringify(input).slice(0, 110)}`,
    ),
    '',
  ];
}

function block(title, groups) {
  return [
    `${title.padEnd(14)}${'texts'.padStart(7)}${'blocked'.padStart(9)}${'reported'.padStart(9)}${'total'.padStart(9)}`,
    ...Object.entries(groups)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([name, group]) => line(name, group)),
    '',
  ];
}
