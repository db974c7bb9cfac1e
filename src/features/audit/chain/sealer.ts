import { AsyncResource } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { DatabaseUnavailable } from '#platform/errors/problems';
import { Log } from '#platform/logging/log';
import { Metrics } from '#platform/telemetry/metrics';
import { ChainRepository } from './chain.repository.js';
import type { Link } from './entry-hash.js';
import { EntryLinker } from './entry-linker.js';

const BATCH = 1_000;
const DEBOUNCE_MS = 25;
/** Sealing takes up no more than this part of the time, unless batches are full or somebody waits. */
const SHARE = 0.1;

/**
 * Moves what was recorded into the chain, behind the transactions that recorded it: a chain that they
 * wrote themselves would let only one of them at a time run until its commit.
 */
@Injectable()
export class Sealer {
  /** The last entry that this process added. */
  last: (Link & { readonly at: Date }) | undefined;
  private readonly apart = new AsyncResource('Sealer');
  private readonly batchSizes;
  private readonly latency;
  private running: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private recorded = 0;
  private tookMs = 0;

  constructor(
    private readonly chain: ChainRepository,
    private readonly linker: EntryLinker,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.batchSizes = metrics.histogram(
      'aerie_audit_sealed_batch_events',
      'Events that were added to the chain in one transaction',
      [],
      [1, 3, 10, 30, 100, 300, 1_000],
    );
    this.latency = metrics.histogram(
      'aerie_audit_sealing_latency_seconds',
      'From an event to its place in the chain, of the oldest of each batch',
      [],
      [0.03, 0.1, 0.3, 1, 3, 10, 60],
    );
  }

  /** Something was recorded: seals it in a moment, with what comes until then. Never throws. */
  nudge(events: number): void {
    this.recorded += events;
    // whoever nudges may be in a request, or in a transaction that is about to end
    this.apart.runInAsyncScope(() => {
      const afterMs = this.recorded >= BATCH ? 0 : Math.max(DEBOUNCE_MS, this.tookMs / SHARE);
      if (afterMs === 0) this.sealBehind(this.seal());
      else this.timer ??= setTimeout(() => this.sealBehind(this.seal()), afterMs).unref();
    });
  }

  /** Looks for what a process left that was killed. Never throws. */
  look(): void {
    this.sealBehind(this.sealIfNeeded());
  }

  /** Seals all that was committed before the call. Throws `DatabaseUnavailable`. */
  seal(): Promise<void> {
    // the one that runs may have looked already
    this.next ??= this.running
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        this.running = this.apart.runInAsyncScope(() => this.sealAll());
        return this.running;
      });
    return this.next;
  }

  /** As `seal()`, without a turn at the lock when there is nothing to do. */
  async sealIfNeeded(): Promise<void> {
    if (await this.chain.hasPending()) await this.seal();
  }

  /** An outage is said elsewhere, and what is pending stays. */
  private sealBehind(sealing: Promise<void>): void {
    sealing.catch((error: unknown) => {
      if (error instanceof DatabaseUnavailable) return;
      this.log.error({ err: error }, 'the audit trail cannot be sealed');
    });
  }

  private async sealAll(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.recorded = 0;
    const start = performance.now();
    try {
      while ((await this.sealBatch()) === BATCH);
    } finally {
      this.tookMs = performance.now() - start;
    }
  }

  private async sealBatch(): Promise<number> {
    const { taken, added } = await this.chain.move(BATCH, (head, events) =>
      this.linker.link(head, events),
    );
    const end = added.at(-1);
    if (end) this.last = { sequence: end.sequence, hash: end.hash, at: new Date() };
    if (taken.length > 0) {
      this.batchSizes.observe(taken.length);
      const oldest = Math.min(...taken.map(({ time }) => time.getTime()));
      this.latency.observe(Math.max(0, Date.now() - oldest) / 1_000);
    }
    return taken.length;
  }
}
