#!/usr/bin/env node
// Writes docs/audit-actions.md, what can be recorded, from the catalogue that the code records by.
import { fileURLToPath } from 'node:url';
import { fromDist, readOptions } from './command-line.mjs';
import { keepInStep, table } from './written-page.mjs';

const USAGE = `Usage: npm run audit:docs               write docs/audit-actions.md
       npm run audit:docs -- --check    exit 1 when it differs from the catalogue

Describes the last build: run npm run build after adding an action.`;

const { check } = readOptions(USAGE, { check: { type: 'boolean' } });
process.chdir(fileURLToPath(new URL('..', import.meta.url)));

await fromDist('app.module.js'); // every module brings its actions
const { auditCatalogue } = await fromDist('features/audit/audit.actions.js');

await keepInStep({
  file: 'docs/audit-actions.md',
  markdown: page([...auditCatalogue].toSorted(([one], [other]) => (one < other ? -1 : 1))),
  source: 'the catalogue',
  command: 'audit:docs',
  isCheck: check,
});

function page(actions) {
  return `<!-- Written by \`npm run audit:docs\` from the catalogue: change it there. -->

# What is recorded

The ${actions.length} actions of the [audit trail](audit.md), each with how much it should worry a reader and what its
entry carries in \`metadata\` (\`?\`: unless there is nothing to say), beside who, whom or what, when, from where and in which request. Each stands
in the \`*.actions.ts\` of its feature.

${table(
  ['action', 'severity', 'carries'],
  actions.map(([name, { severity, carries }]) => [`\`${name}\``, severity, listed(carries)]),
)}
`;
}

function listed(carries) {
  return Object.entries(carries)
    .map(([name, kind]) => `\`${name}\` ${kind.name.toLowerCase()}`)
    .join(', ');
}
