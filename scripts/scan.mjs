#!/usr/bin/env node
// Looks up the project's packages for known vulnerabilities, with the code that the service uses.
import { mkdir, mkdtemp, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromDist, readOptions } from './command-line.mjs';

const USAGE = `Usage: npm run scan                            look up every package of package-lock.json
       npm run scan -- --fail-on critical      what counts as failure: critical, high (unless told), moderate, low
       npm run scan -- --omit-dev              only what the service runs on
       npm run scan -- --report FILE           keep the report there rather than in DATA_DIR/scan/report.json
       npm run scan -- --project DIRECTORY     look at another project
       npm run scan -- --timeout 60            seconds for each of the two questions to npm (unless told 120)
       npm run --silent scan -- --json         print the report as JSON

Asks npm audit and npm outdated. When npm gets no answer the result is unknown, never clean; the report
keeps the latest result that was known. Exit code 0 when there is nothing that bad, 1 when there is,
2 when it is unknown or the command cannot run. Outdated packages do not change it.`;

const CANNOT = 2;
const ONE_DAY_MS = 86_400_000;

const options = readOptions(USAGE, {
  'fail-on': { type: 'string', default: 'high' },
  'omit-dev': { type: 'boolean' },
  report: { type: 'string' },
  project: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
  timeout: { type: 'string', default: '120' },
  json: { type: 'boolean' },
});

const { scanDependencies } = await fromDist('operations/scan/dependency-scan.js', CANNOT);
const { isUnknown, SEVERITIES } = await fromDist('operations/scan/scan-report.js', CANNOT);

const timeoutMs = Number(options.timeout) * 1_000;
if (!SEVERITIES.includes(options['fail-on'])) {
  refuse(`--fail-on is one of ${SEVERITIES.join(', ')}.`);
}
if (!(timeoutMs > 0 && timeoutMs <= 3_600_000)) refuse('--timeout is seconds from 1 to 3600.');

// npm has a process group of its own, which Ctrl-C does not reach
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => stopping.abort(new Error(`stopped by ${signal}`)));
}

try {
  const file = resolve(options.report ?? (await ownFile()));
  const kept = await readKept(file);
  const report = await scanDependencies({
    directory: resolve(options.project),
    timeoutMs,
    signal: stopping.signal,
    cacheDirectory: await mkdtemp(join(tmpdir(), 'aerie-scan-')),
    isWithDev: !options['omit-dev'],
  });
  const lastKnown = report.state === 'unknown' ? kept.lastKnown : report;
  const now = { latest: report, lastKnown };
  await write(file, now);
  if (options.json) console.log(JSON.stringify(now, null, 2));
  else print(now, file);
  process.exitCode = exitCodeOf(report);
} catch (error) {
  console.error(error.message);
  process.exitCode = CANNOT;
}

function refuse(sentence) {
  console.error(`${sentence}\n\n${USAGE}`);
  process.exit(CANNOT);
}

async function ownFile() {
  const { loadConfig } = await fromDist('platform/config/load-config.js', CANNOT);
  return join(loadConfig(process.env).config.DATA_DIR, 'scan/report.json');
}

/** A report that cannot be read is one that there is not: the next one takes its place. */
async function readKept(file) {
  try {
    const { latest = null, lastKnown = null } = JSON.parse(await readFile(file, 'utf8'));
    return { latest, lastKnown };
  } catch (error) {
    if (error.code !== 'ENOENT') console.error(`${file} is not read: ${error.message}`);
    return { latest: null, lastKnown: null };
  }
}

/** Beside it first: whoever reads meanwhile finds a whole one. */
async function write(file, kept) {
  const partial = `${file}.${process.pid}`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(partial, `${JSON.stringify(kept, null, 2)}\n`);
  await rename(partial, file);
}

function exitCodeOf({ vulnerabilities }) {
  if (isUnknown(vulnerabilities)) return CANNOT;
  const bad = SEVERITIES.slice(0, SEVERITIES.indexOf(options['fail-on']) + 1);
  return bad.some((severity) => vulnerabilities.counts[severity] > 0) ? 1 : 0;
}

function print({ latest, lastKnown }, file) {
  console.log(sentenceOf(latest));
  if (latest.state === 'unknown') {
    const days = lastKnown && Math.floor((Date.now() - Date.parse(lastKnown.takenAt)) / ONE_DAY_MS);
    console.log(
      lastKnown
        ? `The latest known result is of ${lastKnown.takenAt}, ${days} days ago: ${sentenceOf(lastKnown)}`
        : 'No earlier result is known.',
    );
  } else {
    const rows = latest.vulnerabilities.findings.map(({ severity, remedy, ...finding }) => [
      severity,
      finding.package,
      finding.range,
      remedy?.text ?? 'no remedy yet',
    ]);
    printTable(['severity', 'package', 'affected', 'remedy'], rows);
  }
  printOutdated(latest.outdated);
  console.log(`\nKept in ${file}`);
}

function sentenceOf({ state, vulnerabilities }) {
  if (isUnknown(vulnerabilities)) return `UNKNOWN: ${vulnerabilities.reason}.`;
  if (state === 'clean') return 'Clean: no package has a known vulnerability.';
  const counts = Object.entries(vulnerabilities.counts).map(([name, count]) => `${count} ${name}`);
  return `Vulnerable packages: ${counts.join(', ')}.`;
}

function printOutdated(outdated) {
  if (isUnknown(outdated)) return console.log(`\nOutdated: UNKNOWN: ${outdated.reason}.`);
  console.log(`\nOutdated packages: ${outdated.items.length}.`);
  const rows = outdated.items.map(({ current, wanted, latest, isMajor, ...each }) => [
    each.package,
    current ?? 'missing',
    wanted,
    `${latest}${isMajor ? ' (major)' : ''}`,
  ]);
  printTable(['package', 'current', 'wanted', 'latest'], rows);
}

function printTable(head, rows) {
  if (rows.length === 0) return;
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length)),
  );
  for (const row of [head, ...rows]) {
    console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd());
  }
}
