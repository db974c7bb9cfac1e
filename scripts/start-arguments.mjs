// How `npm start` calls node: what starts the service by itself does so with the same options.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const { start } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).scripts;
const [, ...given] = start.split(' ');

/** What is run, as an absolute path. */
export const MAIN = fileURLToPath(new URL(given.at(-1), root));
/** The options of node before it. */
export const START_OPTIONS = given.slice(0, -1);
