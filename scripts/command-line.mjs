// What every script does the same way: options, and the compiled code that it works with.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** Reads the options (node:util parseArgs). `--help` prints the usage; a wrong option says so, exit code 2. */
export function readOptions(usage, options = {}) {
  return parse(usage, { options }).values;
}

/** The words of the command line, then those of the switches that are set, as `--name`. */
export function readWords(usage, switches) {
  const options = Object.fromEntries(switches.map((name) => [name, { type: 'boolean' }]));
  const { values, positionals } = parse(usage, { options, allowPositionals: true });
  return [...positionals, ...Object.keys(values).map((name) => `--${name}`)];
}

function parse(usage, { options, ...how }) {
  try {
    const parsed = parseArgs({ ...how, options: { ...options, help: { type: 'boolean' } } });
    if (!parsed.values.help) return parsed;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

/** Imports a module of the build, for example `app.js`. Ends the process when there is no build. */
export function fromDist(path, exitCode = 1) {
  const file = new URL(`../dist/${path}`, import.meta.url);
  if (!existsSync(file)) {
    console.error(`dist/${path} is missing: run npm run build first.`);
    process.exit(exitCode);
  }
  return import(file.href);
}
