import type { ClientBase } from 'pg';
import PgBoss from 'pg-boss';
import type { Job } from './job.js';

const LOCK = 72_707_370; // beside that of the migrations
/** The queue by which pg-boss hands out scheduled jobs. */
const SCHEDULER_QUEUE = '__pgboss__send-it';

/**
 * Makes the tables of the queue and brings its jobs and schedules in line with the code. Processes
 * that start together take turns: two that make a queue at the same time would deadlock.
 */
export async function deployQueue(
  session: ClientBase,
  jobs: readonly Job<object>[],
  schedules: ReadonlyMap<string, string>,
): Promise<void> {
  await session.query('SELECT pg_advisory_lock($1)', [LOCK]);
  try {
    const boss = new PgBoss({
      db: { executeSql: (text, values) => session.query(text, values) },
      supervise: false,
      schedule: false,
    });
    await boss.start();
    await boss.createQueue(SCHEDULER_QUEUE);
    for (const job of jobs) await deployJob(boss, job);
    for (const [name, cron] of schedules) await boss.schedule(name, cron, {});
    for (const { name } of await boss.getSchedules()) {
      if (!schedules.has(name)) await boss.unschedule(name);
    }
  } finally {
    await session.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
  }
}

async function deployJob(boss: PgBoss, { name, deadLetters, options }: Job<object>): Promise<void> {
  const queue: PgBoss.Queue = {
    name,
    policy: 'short', // at most one waits for each singleton key
    retryLimit: options.retryLimit,
    retryDelay: options.retryDelaySeconds,
    retryBackoff: true,
    expireInSeconds: options.expireInSeconds,
    deadLetter: deadLetters,
  };
  await boss.createQueue(deadLetters);
  await boss.createQueue(name, { ...queue });
  await boss.updateQueue(name, { ...queue });
}
