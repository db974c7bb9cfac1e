import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LogLine extends Readonly<Record<string, unknown>> {
  readonly level: string;
  readonly msg?: string;
  readonly number?: unknown;
}

const numberOf = (name: string) => Number(name.split('.').at(-2));

/** The names of the files of a kind, the oldest first. */
export function logFiles(directory: string, kind: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith(`${kind}.`))
    .toSorted((one, other) => numberOf(one) - numberOf(other));
}

/** What the files of a kind hold, in order; throws when a line is no JSON object. */
export function linesOf(directory: string, kind: string): LogLine[] {
  return logFiles(directory, kind).flatMap((name) =>
    parseLines(readFileSync(join(directory, name), 'utf8')),
  );
}

export function parseLines(text: string): LogLine[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LogLine);
}
