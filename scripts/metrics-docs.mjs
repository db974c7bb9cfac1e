#!/usr/bin/env node
// Writes the table in docs/metrics.md from the registry of the application.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { askApp } from './built-app.mjs';
import { fromDist, readOptions } from './command-line.mjs';

const USAGE = `Usage: npm run metrics:docs               write the table in docs/metrics.md
       npm run metrics:docs -- --check    exit 1 when it differs from the registry

Describes the last build: run npm run build after adding a metric.`;

const { check } = readOptions(USAGE, { check: { type: 'boolean' } });
process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const FILE = 'docs/metrics.md';
const BETWEEN = /(<!-- metrics -->)[^]*(<!-- \/metrics -->)/;
const { Metrics } = await fromDist('platform/telemetry/metrics.js');

const metrics = await askApp((app) => app.get(Metrics).registry.getMetricsAsArray());
const now = readFileSync(FILE, 'utf8');
const written = await format(now.replace(BETWEEN, `$1\n\n${table(metrics)}\n\n$2`), {
  ...(await resolveConfig(FILE)),
  filepath: FILE,
});
if (check && written !== now) {
  console.error(`${FILE} differs from the registry: run npm run metrics:docs and commit it.`);
  process.exit(1);
}
if (!check) writeFileSync(FILE, written);
console.log(`${FILE} agrees with the registry.`);
process.exit(0);

function table(all) {
  const rows = all
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, type, labelNames = [], help }) => [
      `\`${name}\``,
      type,
      labelNames.map((label) => `\`${label}\``).join(', '),
      help.replaceAll('|', '\\|'),
    ]);
  const head = ['metric', 'type', 'labels', 'what'];
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
