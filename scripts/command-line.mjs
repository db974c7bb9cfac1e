// What every script does the same way: options, and the compiled code that it works with.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** Reads the options (node:util parseArgs). `--help` prints the usage; a wrong option says so, exit code 2. */
export function readOptions(usage, options = {}) {
  try {
    const { values } = parseArgs({ options: { ...options, help: { type: 'boolean' } } });
    if (!values.help) return values;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

/** Imports a module of the build, for example `app.js`. */
export function fromDist(path) {
  const file = new URL(`../dist/${path}`, import.meta.url);
  if (!existsSync(file)) {
    console.error(`dist/${path} is missing: run npm run build first.`);
    process.exit(1);
  }
  return import(file.href);
}
