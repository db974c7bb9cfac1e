import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartFailure } from '../lifecycle/start-failure.js';

/**
 * Makes DATA_DIR where it can be made; on a server, with its keys given, the service does without. Throws
 * `StartFailure` where nothing can ever be, as in `/proc`: there Node.js tries for ever with `recursive`.
 */
export function makeDataDirectory(directory: string): void {
  try {
    make(directory);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') return; // whoever needs it says so
    throw new StartFailure(`DATA_DIR cannot be used: ${message}`, { cause: error });
  }
}

function make(directory: string): void {
  if (existsSync(directory)) return;
  make(dirname(directory));
  try {
    mkdirSync(directory, { mode: 0o700 }); // letters, journals and development keys are in it
  } catch (error) {
    if (!existsSync(directory)) throw error; // somebody else was quicker
  }
}
