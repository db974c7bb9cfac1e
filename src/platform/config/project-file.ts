import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** The path of a file or folder of the project, whether it is run from src, from dist or as one bundle. */
export function projectFile(path: string): string {
  return join(ROOT, path);
}

function rootAbove(directory: string): string {
  if (existsSync(join(directory, 'package.json'))) return directory;
  const parent = dirname(directory);
  if (parent === directory) throw new Error('there is no package.json above the code');
  return rootAbove(parent);
}
