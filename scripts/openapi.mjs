#!/usr/bin/env node
// Writes docs/openapi.json from the compiled application, without a database or a port.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Validator } from '@seriousme/openapi-schema-validator';
import { askApp } from './built-app.mjs';
import { fromDist, readOptions } from './command-line.mjs';

const USAGE = `Usage: npm run openapi               write docs/openapi.json
       npm run openapi -- --check    exit 1 and name the first places that differ

Describes the last build: run npm run build after changing a route. A document that is not valid
OpenAPI 3.1 is an error either way.`;

const SHOWN_DIFFERENCES = 10;
const FILE = fileURLToPath(new URL('../docs/openapi.json', import.meta.url));

const { check } = readOptions(USAGE, { check: { type: 'boolean' } });

// as it is in the file: without the keys that are undefined
const { describeApi } = await fromDist('operations/docs/openapi.js');
const document = JSON.parse(JSON.stringify(await askApp(describeApi)));
await validate(document);

if (check) {
  const committed = readCommitted();
  const found = differences(committed, document);
  if (found.length > 0) {
    const more = found.length - SHOWN_DIFFERENCES;
    console.error(
      'docs/openapi.json differs from the routes: run npm run openapi and commit it.\n',
    );
    for (const place of found.slice(0, SHOWN_DIFFERENCES)) console.error(`  ${place}`);
    if (more > 0) console.error(`  and ${more} more`);
    process.exit(1);
  }
  console.log('docs/openapi.json agrees with the routes.');
} else {
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, `${JSON.stringify(document, null, 2)}\n`);
  console.log(`docs/openapi.json: ${Object.keys(document.paths).length} paths`);
}
process.exit(0);

function readCommitted() {
  if (!existsSync(FILE)) return {};
  try {
    return JSON.parse(readFileSync(FILE, 'utf8'));
  } catch {
    return {}; // a merge conflict: everything is new
  }
}

async function validate(candidate) {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(candidate));
  if (valid && validator.version === '3.1') return;
  console.error('The description is not valid OpenAPI 3.1:\n');
  for (const { instancePath, message } of [errors ?? []].flat()) {
    console.error(`  ${instancePath || '/'} ${message}`);
  }
  if (validator.version !== '3.1') console.error(`  it says it is ${validator.version}`);
  process.exit(1);
}

/** The JSON pointers (RFC 6901) at which two documents part. */
function differences(before, after, at = '') {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isBranch(before) || !isBranch(after)) return [`${at || '/'} has changed`];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const found = [...keys].flatMap((key) => {
    const place = `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!Object.hasOwn(before, key)) return [`${place} is new`];
    if (!Object.hasOwn(after, key)) return [`${place} is gone`];
    return differences(before[key], after[key], place);
  });
  return found.length > 0 ? found : [`${at || '/'} has another order`];
}

function isBranch(value) {
  return typeof value === 'object' && value !== null;
}
