import { AsyncResource } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import type { PendingEvent } from '../chain/audit-event.js';
import { WriterFigures } from './figures.js';
import { Inserter, RETRY_MS } from './inserter.js';
import { JournalReplay } from './journal-replay.js';
import { Journal } from './journal.js';
import { LastResort } from './last-resort.js';

/** An event on its way to where it is kept; none marks a place in the line for `flush()`. */
interface Item {
  readonly event?: PendingEvent;
  readonly settle: (failure?: Error) => void;
}

const BATCH = 500;
/** So many wait in memory before the journal is taken to help. */
const MOST_WAITING = 5_000;
/** And so many in all, before events are given up. */
const MOST_UNSETTLED = 20_000;
const DEBOUNCE_MS = 25;

/**
 * Keeps events that belong to no transaction: those that come in while one statement is under way go
 * in the next. While the database is away they go to the journal, and so do those behind them, until
 * it is replayed: what happened first comes first.
 */
@Injectable()
export class EventWriter {
  private readonly apart = new AsyncResource('EventWriter');
  private waiting: Item[] = [];
  private unsettled = 0;
  private running: Promise<void> | undefined;
  private overflow: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly inserter: Inserter,
    private readonly journal: Journal,
    private readonly replay: JournalReplay,
    private readonly lastResort: LastResort,
    private readonly figures: WriterFigures,
  ) {}

  /** Resolves when the event is on disk, in the database or the journal. Throws `AuditUnavailable`. */
  keep(event: PendingEvent): Promise<void> {
    return new Promise((resolve, reject) => {
      this.add({ event, settle: (failure) => (failure ? reject(failure) : resolve()) });
      this.wake();
    });
  }

  /** Keeps the event behind the caller, who goes on at once. */
  offer(event: PendingEvent): void {
    this.add({ event, settle: () => undefined });
    if (this.waiting.length >= BATCH) this.wake();
    else this.wakeIn(DEBOUNCE_MS);
  }

  /** Resolves when everything that was given before is kept. */
  async flush(): Promise<void> {
    await this.overflow;
    if (!this.running && this.waiting.length === 0) return;
    await new Promise<void>((resolve) => {
      this.waiting.push({ settle: () => resolve() });
      this.wake();
    });
  }

  /** The tables are there from now on. Replays the journal, also what dead processes left in theirs. */
  async start(): Promise<void> {
    this.inserter.open();
    await this.replay.adopt();
    await this.flushAll();
  }

  /** Takes over what processes left that have died since the start. */
  async adopt(): Promise<void> {
    await this.replay.adopt();
    if (!this.journal.isEmpty) this.wake();
  }

  /** Keeps what waits. What comes later is kept, too, in the journal once the database is closed. */
  async stop(): Promise<void> {
    await this.flushAll();
    await this.journal.close();
    clearTimeout(this.timer);
  }

  get status() {
    return {
      waiting: this.unsettled,
      journalBytes: this.journal.bytes,
      isJournalling: !this.journal.isEmpty,
      filesAside: this.journal.filesAside,
      isGivingUp: this.lastResort.missing > 0,
      dropped: this.figures.droppedSoFar,
    };
  }

  private get hasToCatchUp(): boolean {
    return !this.journal.isEmpty || this.lastResort.missing > 0;
  }

  private async flushAll(): Promise<void> {
    await this.running;
    this.inserter.tryNow();
    if (this.hasToCatchUp) this.wake();
    await this.running;
    await this.flush();
  }

  private add(item: Item & { event: PendingEvent }): void {
    if (this.unsettled >= MOST_UNSETTLED) {
      item.settle(this.lastResort.giveUp(item.event, new Error('too many audit events wait')));
      return;
    }
    this.unsettled++;
    this.waiting.push(item);
    // the statement that is under way takes too long
    if (this.waiting.length >= MOST_WAITING && this.running) this.spillWaiting();
  }

  private spillWaiting(): void {
    const batch = this.waiting;
    this.waiting = [];
    const before = this.overflow;
    this.overflow = this.apart.runInAsyncScope(async () => {
      await before;
      await this.spill(batch);
    });
  }

  private wakeIn(ms: number): void {
    this.timer ??= this.apart.runInAsyncScope(() =>
      setTimeout(() => {
        this.timer = undefined;
        this.wake();
      }, ms).unref(),
    );
  }

  private wake(): void {
    // whoever reports may be in a transaction, and what it reports is not part of that
    this.running ??= this.apart.runInAsyncScope(() =>
      this.run().finally(() => {
        this.running = undefined;
        if (this.waiting.length > 0) this.wake();
        else if (this.hasToCatchUp) this.wakeIn(RETRY_MS);
      }),
    );
  }

  /** Until nothing waits, and the journal is empty or the database away. Says at last what had to be given up. */
  private async run(): Promise<void> {
    await Promise.resolve(); // so that all of one turn are in one batch
    for (;;) {
      const isReplaying = this.inserter.mayTry && !this.journal.isEmpty;
      if (isReplaying) {
        const damage = await this.replay.replayOldest();
        if (damage) this.add({ event: damage, settle: () => undefined });
      }
      const batch = this.waiting.splice(0, BATCH);
      if (batch.length > 0) await this.store(batch);
      else if (!isReplaying) break;
    }
    if (this.lastResort.missing > 0) await this.lastResort.ownUp();
  }

  private async store(batch: readonly Item[]): Promise<void> {
    if (!this.journal.isEmpty || !this.inserter.mayTry) return this.spill(batch);
    const left = new Set(await this.inserter.insert(eventsOf(batch)));
    const isLeft = ({ event }: Item) => event !== undefined && left.has(event);
    this.settle(batch.filter((item) => !isLeft(item)));
    if (left.size > 0) await this.spill(batch.filter(isLeft));
  }

  private async spill(batch: readonly Item[]): Promise<void> {
    const events = eventsOf(batch);
    try {
      if (events.length > 0) {
        await this.journal.append(events);
        this.figures.spilled(events.length);
      }
      this.settle(batch);
    } catch (error) {
      for (const item of batch) {
        this.settle([item], item.event && this.lastResort.giveUp(item.event, error));
      }
    }
  }

  private settle(items: readonly Item[], failure?: Error): void {
    for (const { event, settle } of items) {
      if (event) this.unsettled--;
      settle(failure);
    }
  }
}

function eventsOf(batch: readonly Item[]): PendingEvent[] {
  return batch.map(({ event }) => event).filter((event) => event !== undefined);
}
