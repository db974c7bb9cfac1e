import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StartFailure } from '../lifecycle/start-failure.js';

/** Makes DATA_DIR, with those above it that are missing. Throws `StartFailure` where it cannot be, or be written to. */
export function makeDataDirectory(directory: string): void {
  try {
    make(directory);
    accessSync(join(directory, '/'), constants.W_OK); // which a file is not
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartFailure(`DATA_DIR cannot be used: ${reason}`, { cause: error });
  }
}

/** One by one: with `recursive` Node.js tries for ever where the system lets nothing be made, as in `/proc`. */
function make(directory: string): void {
  if (existsSync(directory)) return;
  make(dirname(directory));
  try {
    mkdirSync(directory);
  } catch (error) {
    if (!existsSync(directory)) throw error; // somebody else was quicker
  }
}
