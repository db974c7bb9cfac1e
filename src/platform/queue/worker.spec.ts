import type PgBoss from 'pg-boss';
import { expect, it } from 'vitest';
import { fake } from '../../../test/fake.js';
import type { Database } from '../database/database.js';
import type { Log } from '../logging/log.js';
import { Metrics } from '../telemetry/metrics.js';
import { NoTracing } from '../telemetry/tracing.js';
import { defineJob } from './job.js';
import { Patience } from './patience.js';
import { QueueSignals } from './queue-signals.js';
import { Worker } from './worker.js';

it('that is started again and again looks for jobs in one place, and takes no more than it may', async () => {
  const asked: number[] = [];
  const boss = fake<PgBoss>({
    fetch: (_name: string, options?: PgBoss.FetchOptions) => {
      asked.push(options?.batchSize ?? 1);
      return Promise.resolve([]);
    },
  });
  const worker = new Worker(defineJob('write', { concurrency: 2 }), () => Promise.resolve(), {
    boss,
    database: fake<Database>(),
    log: fake<Log>(),
    patience: new Patience(),
    signals: new QueueSignals(new Metrics()),
    tracing: new NoTracing(),
  });
  for (let i = 0; i < 3; i++) worker.start();
  await worker.stop();
  expect(asked).toEqual([2]);
});
