#!/usr/bin/env node
// Writes the table in docs/metrics.md from the registry of the application.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { askApp } from './built-app.mjs';
import { fromDist, readOptions } from './command-line.mjs';
import { keepInStep, table } from './written-page.mjs';

const USAGE = `Usage: npm run metrics:docs               write the table in docs/metrics.md
       npm run metrics:docs -- --check    exit 1 when it differs from the registry

Describes the last build: run npm run build after adding a metric.`;

const { check } = readOptions(USAGE, { check: { type: 'boolean' } });
process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const FILE = 'docs/metrics.md';
const BETWEEN = /(<!-- metrics -->)[^]*(<!-- \/metrics -->)/;
const { Metrics } = await fromDist('platform/telemetry/metrics.js');

const metrics = await askApp((app) => app.get(Metrics).registry.getMetricsAsArray());
await keepInStep({
  file: FILE,
  markdown: readFileSync(FILE, 'utf8').replace(BETWEEN, `$1\n\n${tableOf(metrics)}\n\n$2`),
  source: 'the registry',
  command: 'metrics:docs',
  isCheck: check,
});

function tableOf(all) {
  const rows = all
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, type, labelNames = [], help }) => [
      `\`${name}\``,
      type,
      labelNames.map((label) => `\`${label}\``).join(', '),
      help.replaceAll('|', '\\|'),
    ]);
  return table(['metric', 'type', 'labels', 'what'], rows);
}
