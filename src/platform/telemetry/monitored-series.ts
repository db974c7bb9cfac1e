import { SeriesHistory, type MinuteOf, type Resolution } from './series-history.js';

/** Reads the value of the time that ends; null when there is none. */
export type Read = () => number | null;

interface Series {
  readonly read: Read;
  /** Reads the value of the minute, or says how to make it of its slots. */
  readonly minute: Read | MinuteOf;
  readonly history: SeriesHistory;
}

const MOST_SERIES = 100;

/** The series of the monitor, by name, all of one length. */
export class MonitoredSeries {
  private readonly series = new Map<string, Series>();
  private readonly failing = new Set<string>();
  private slots = 0;
  private minutes = 0;

  constructor(private readonly onFailure: (error: unknown, name: string) => void) {}

  get names(): string[] {
    return [...this.series.keys()];
  }

  get bytes(): number {
    return this.series.size * SeriesHistory.bytes;
  }

  add(name: string, read: Read, minute: Read | MinuteOf): void {
    if (this.series.has(name)) throw new Error(`two series called ${name}`);
    if (this.series.size === MOST_SERIES) throw new Error(`more than ${MOST_SERIES} series`);
    this.series.set(name, { read, minute, history: new SeriesHistory(this.slots, this.minutes) });
  }

  /** Reads each series. */
  closeSlot(): void {
    for (const [name, { read, history }] of this.series) history.addSlot(this.valueOf(name, read));
    this.slots++;
  }

  /** A slot in which nobody could look. */
  skipSlot(): void {
    for (const { history } of this.series.values()) history.addSlot(null);
    this.slots++;
  }

  closeMinute(): void {
    for (const [name, { minute, history }] of this.series) {
      history.addMinute(typeof minute === 'function' ? this.valueOf(name, minute) : minute);
    }
    this.minutes++;
  }

  latestOf(name: string): number | null {
    return this.series.get(name)?.history.latest ?? null;
  }

  latest(): Record<string, number | null> {
    return Object.fromEntries(
      Array.from(this.series, ([name, { history }]) => [name, history.latest]),
    );
  }

  /** Of the named series that there are. */
  past(resolution: Resolution, names: readonly string[]): Record<string, (number | null)[]> {
    const known = names.flatMap((name) => {
      const series = this.series.get(name);
      return series ? [[name, series.history.values(resolution)] as const] : [];
    });
    return Object.fromEntries(known);
  }

  /** A series that cannot be read is unknown, which is reported once. */
  private valueOf(name: string, read: Read): number | null {
    try {
      const value = read();
      return Number.isFinite(value) ? value : null;
    } catch (error) {
      if (!this.failing.has(name)) this.onFailure(error, name);
      this.failing.add(name);
      return null;
    }
  }
}
