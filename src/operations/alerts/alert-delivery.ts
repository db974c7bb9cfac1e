import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Log } from '#platform/logging/log';
import { defineJob, HopelessJob } from '#platform/queue/job';
import { Queue } from '#platform/queue/queue';
import { Metrics } from '#platform/telemetry/metrics';
import type { AlertMessage } from './alert-message.js';
import { AlertRoutes } from './alert-routes.js';

interface Delivery {
  readonly route: string;
  readonly message: AlertMessage;
}

/** Tried nine times within three quarters of an hour; later nobody is helped by it. */
const DeliverAlert = defineJob<Delivery>('deliver-alert', {
  retryLimit: 8,
  retryDelaySeconds: 5,
  expireInSeconds: 60,
  concurrency: 4,
});

const TRIES_WITHOUT_QUEUE = 8;
const FIRST_PAUSE_MS = 5_000;
const MOST_WAITING = 100;
const TEST_PATIENCE_MS = 15_000;

export interface RouteOutcome {
  readonly route: string;
  readonly outcome: 'delivered' | 'failed';
  readonly reason?: string;
}

/** Carries messages over every route, behind whatever goes on: a receiver that is slow or dead slows nobody. */
@Injectable()
export class AlertDelivery implements OnModuleInit, OnApplicationShutdown {
  private readonly waiting = new Set<NodeJS.Timeout>();
  private readonly deliveries;

  constructor(
    private readonly routes: AlertRoutes,
    private readonly queue: Queue,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.deliveries = metrics.counter(
      'aerie_alert_deliveries_total',
      'Attempts to tell people of an alert, by route and outcome.',
      ['route', 'outcome'],
    );
  }

  onModuleInit(): void {
    this.queue.work(DeliverAlert, (delivery) => this.attempt(delivery));
  }

  /** Puts the message into the queue: in a transaction it is sent with its commit. Throws `DatabaseUnavailable`. */
  async send(message: AlertMessage): Promise<void> {
    for (const route of this.routes.all.keys()) {
      await this.queue.send(DeliverAlert, { route, message });
    }
  }

  /** Without the queue, for when its database is what the alert is about. What is not taken is lost with the process. */
  sendDirectly(message: AlertMessage): void {
    for (const route of this.routes.all.keys()) this.tryDirectly({ route, message }, 1);
  }

  /** Tells each route at once, and what came of it. The log is the first. */
  async test(message: AlertMessage): Promise<RouteOutcome[]> {
    this.log.warn({ alert: message }, 'a test of the alerts');
    const outcomes = Array.from(this.routes.all.keys(), async (route): Promise<RouteOutcome> => {
      try {
        await inTime(this.attempt({ route, message }));
        return { route, outcome: 'delivered' };
      } catch (error) {
        return { route, outcome: 'failed', reason: (error as Error).message };
      }
    });
    return [{ route: 'log', outcome: 'delivered' }, ...(await Promise.all(outcomes))];
  }

  onApplicationShutdown(): void {
    for (const timer of this.waiting) clearTimeout(timer);
  }

  private async attempt({ route, message }: Delivery): Promise<void> {
    const deliver = this.routes.all.get(route);
    if (!deliver) throw new HopelessJob(`${route} is not configured any more`);
    try {
      await deliver(message);
      this.deliveries.inc({ route, outcome: 'delivered' });
    } catch (error) {
      this.deliveries.inc({ route, outcome: 'failed' });
      throw error;
    }
  }

  private tryDirectly(delivery: Delivery, tries: number): void {
    this.attempt(delivery).catch((error: unknown) => {
      const { route } = delivery;
      if (tries === TRIES_WITHOUT_QUEUE || this.waiting.size >= MOST_WAITING) {
        this.log.error({ err: error, route, alert: delivery.message }, 'an alert reached nobody');
        return;
      }
      if (tries === 1) this.log.warn({ err: error, route }, 'an alert is sent again');
      const timer = setTimeout(
        () => {
          this.waiting.delete(timer);
          this.tryDirectly(delivery, tries + 1);
        },
        FIRST_PAUSE_MS * 2 ** (tries - 1),
      ).unref();
      this.waiting.add(timer);
    });
  }
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const tooLate = () => reject(new Error(`no answer within ${TEST_PATIENCE_MS / 1_000} s`));
    timer = setTimeout(tooLate, TEST_PATIENCE_MS);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
