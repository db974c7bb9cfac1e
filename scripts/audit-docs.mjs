#!/usr/bin/env node
// Writes docs/audit-actions.md, what can be recorded, from the catalogue that the code records by.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { fromDist, readOptions } from './command-line.mjs';

const USAGE = `Usage: npm run audit:docs               write docs/audit-actions.md
       npm run audit:docs -- --check    exit 1 when it differs from the catalogue

Describes the last build: run npm run build after adding an action.`;

const { check } = readOptions(USAGE, { check: { type: 'boolean' } });
process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const FILE = 'docs/audit-actions.md';
await fromDist('app.module.js'); // every module brings its actions
const { auditCatalogue } = await fromDist('features/audit/audit.actions.js');

const written = await page(
  [...auditCatalogue].toSorted(([one], [other]) => (one < other ? -1 : 1)),
);
const isSame = existsSync(FILE) && readFileSync(FILE, 'utf8') === written;
if (check && !isSame) {
  console.error(`${FILE} differs from the catalogue: run npm run audit:docs and commit it.`);
  process.exit(1);
}
if (!check) writeFileSync(FILE, written);
console.log(`${FILE} agrees with the catalogue.`);
process.exit(0);

async function page(actions) {
  const markdown = `<!-- Written by \`npm run audit:docs\` from the catalogue: change it there. -->

# What is recorded

The ${actions.length} actions of the [audit trail](audit.md), each with how much it should worry a reader and what its
entry carries in \`metadata\` (\`?\`: unless there is nothing to say), beside who, whom or what, when, from where and in which request. Each stands
in the \`*.actions.ts\` of its feature.

| action | severity | carries |
| --- | --- | --- |
${actions.map(([name, { severity, carries }]) => `| \`${name}\` | ${severity} | ${listed(carries)} |`).join('\n')}
`;
  return format(markdown, { ...(await resolveConfig(FILE)), filepath: FILE });
}

function listed(carries) {
  return Object.entries(carries)
    .map(([name, kind]) => `\`${name}\` ${kind.name.toLowerCase()}`)
    .join(', ');
}
