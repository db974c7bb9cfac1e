#!/usr/bin/env node
// Writes docs/access.md, who may call what, from the marks that the access guard itself reads.
import { fileURLToPath } from 'node:url';
import { askApp } from './built-app.mjs';
import { fromDist, readOptions } from './command-line.mjs';
import { keepInStep, table } from './written-page.mjs';

const USAGE = `Usage: npm run access:docs               write docs/access.md
       npm run access:docs -- --check    exit 1 when it differs from the routes

Describes the last build: run npm run build after changing a route.`;

const { check } = readOptions(USAGE, { check: { type: 'boolean' } });
process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const { routesOf } = await fromDist('operations/docs/route-table.js');
const { PERMISSIONS, ALL_PERMISSIONS, may } = await fromDist('edge/access/permissions.js');
const ROLES = Object.keys(PERMISSIONS);

await keepInStep({
  file: 'docs/access.md',
  markdown: page(await askApp(routesOf)),
  source: 'the routes',
  command: 'access:docs',
  isCheck: check,
});

function page(routes) {
  return `<!-- Written by \`npm run access:docs\` from the routes: change it there. -->

# Access

A route is closed to all but people who signed in, unless it says otherwise: \`@Public()\` opens it,
\`@Requires('…')\` asks for a permission, \`@VerifiedOnly()\` for a verified address. Who has which
permission is one table, \`src/edge/access/permissions.ts\`. \`test/journeys/access.e2e.ts\` calls every
route as every caller and finds what stands here; a new route is entered by hand in
\`test/journeys/routes.e2e.ts\`.

## Permissions

${table(
  ['permission', ...ROLES],
  ALL_PERMISSIONS.map((permission) =>
    [`\`${permission}\``].concat(ROLES.map((role) => mark(may(role, permission)))),
  ),
)}

## Routes

An [API key](api-keys.md) needs the scope named, and an owner whose role has it. The tiers are those of
[limits](limits.md); none means never refused. Monitoring is what shows \`METRICS_TOKEN\` or comes from
\`METRICS_ALLOW\` (\`@OpenToMonitoring()\`); see [metrics](metrics.md).

${table(
  ['route', 'anybody', ...ROLES, 'monitoring', 'API key with scope', 'verified only', 'tier'],
  routes.map(row),
)}
`;
}

function row({ name, access, isVerifiedOnly, isOpenToMonitoring, tiers }) {
  const isPublic = access === 'public';
  const isForAll = isPublic || access === 'signed-in';
  return [
    `\`${name}\``,
    mark(isPublic),
    ...ROLES.map((role) => mark(isForAll || may(role, access))),
    mark(isPublic || isOpenToMonitoring),
    isPublic ? 'any' : isForAll ? '' : `\`${access}\``,
    mark(isVerifiedOnly),
    tiers.join(', ') || 'none',
  ];
}

function mark(isSet) {
  return isSet ? 'yes' : '';
}
