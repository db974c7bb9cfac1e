import { existsSync, readFileSync } from 'node:fs';

/**
 * Cases of a public collection that lies beside the project, none where it does not: then one line
 * says so. A suite has cases of its own besides.
 */
export function corpus<T>(name: string): T[] {
  const path = `../shared/data/${name}.jsonl`;
  if (!existsSync(path)) {
    process.stderr.write(`skipped: the public cases of ${name}, no ${path}\n`);
    return [];
  }
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}
