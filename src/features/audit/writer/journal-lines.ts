import { hash } from 'node:crypto';
import type { PendingEvent } from '../chain/audit-event.js';

const DIGEST_LENGTH = 16;

export interface ReadLines {
  readonly events: PendingEvent[];
  /** Whole lines that are not what was written. */
  readonly damaged: string[];
  /** Whether the last line was cut off, as by a kill in the middle of a write: it was never acknowledged. */
  readonly isTorn: boolean;
}

/** An event as a line of the journal: a checksum, a blank, JSON. */
export function lineOf(event: PendingEvent): string {
  const json = JSON.stringify(event);
  return `${digestOf(json)} ${json}\n`;
}

export function readLines(text: string): ReadLines {
  const lines = text.split('\n');
  const isTorn = lines.pop() !== '';
  const events: PendingEvent[] = [];
  const damaged: string[] = [];
  for (const line of lines) {
    const event = readLine(line);
    if (event) events.push(event);
    else damaged.push(line);
  }
  return { events, damaged, isTorn };
}

function readLine(line: string): PendingEvent | null {
  const json = line.slice(DIGEST_LENGTH + 1);
  if (line !== `${digestOf(json)} ${json}`) return null;
  const event = JSON.parse(json) as PendingEvent;
  return { ...event, time: new Date(event.time) };
}

function digestOf(json: string): string {
  return hash('sha256', json, 'hex').slice(0, DIGEST_LENGTH);
}
