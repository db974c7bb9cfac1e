import type { DestinationStream } from 'pino';
import type { LogSink } from './log-sink.js';

// legal in JSON, but an end of line or a command to some who read it: C1 controls, U+2028 and U+2029,
// marks that turn the direction of writing round
const trojan = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/;
const allTrojans = new RegExp(trojan, 'g');

const metadata: unique symbol = Symbol.for('pino.metadata') as never;

/** Where pino hands finished lines over: counts them by level and passes them to every sink. */
export class LogOutput implements DestinationStream {
  /** Asks pino to say the level of each line before it writes it. */
  readonly [metadata] = true;
  lastLevel = 0;
  private readonly written = new Map<number, number>();

  private readonly targets: readonly LogSink[];
  private ending: Promise<unknown> | undefined;

  constructor(readonly sinks: Readonly<Record<string, LogSink>>) {
    this.targets = Object.values(sinks);
  }

  write(line: string): void {
    this.written.set(this.lastLevel, (this.written.get(this.lastLevel) ?? 0) + 1);
    const safe = trojan.test(line) ? line.replace(allTrojans, escaped) : line;
    for (const sink of this.targets) sink.write(safe);
  }

  /** Lines so far, by the number of their level. */
  get counts(): ReadonlyMap<number, number> {
    return this.written;
  }

  /** Resolves when every line has arrived, or will not. What comes later is not waited for. */
  end(): Promise<unknown> {
    return (this.ending ??= Promise.all(this.targets.map((sink) => sink.end())));
  }
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
