import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The secret in the file, made when there is none yet. Of processes that start together one makes it
 * and all use it: with another, what this one writes would be lost on the others.
 */
export function keptSecret(file: string, make: () => string): string {
  const existing = contentOf(file);
  if (existing !== null) return existing;
  mkdirSync(dirname(file), { recursive: true });
  const beside = `${file}.${randomUUID()}`; // in containers that share the directory every process is the first
  writeFileSync(beside, `${make()}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(beside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(beside, { force: true });
  }
  return contentOf(file)!;
}

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
