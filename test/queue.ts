import { loadConfig } from '#platform/config/load-config';
import { Database } from '#platform/database/database';
import { openEngine } from '#platform/database/database.module';
import type { Engine } from '#platform/database/engine';
import { createLog } from '#platform/logging/log';
import { NoTracing } from '#platform/telemetry/tracing';
import { Queue } from '#platform/queue/queue';
import { Metrics } from '#platform/telemetry/metrics';
import type { ScratchDatabase } from './databases.js';

export interface TestQueue extends AsyncDisposable {
  readonly queue: Queue;
  readonly database: Database;
  readonly engine: Engine;
  readonly metrics: Metrics;
  /** What was logged, a parsed line each. */
  readonly lines: Record<string, unknown>[];
}

/**
 * A queue as a process has it, its handlers registered by the test. On the embedded database, which
 * is one process's, a second one shares the engine of the first.
 */
export async function startQueue(
  scratch: ScratchDatabase,
  register: (queue: Queue) => void,
  shared?: TestQueue,
): Promise<TestQueue> {
  const { config } = loadConfig({ NODE_ENV: 'test', ...scratch.environment }, '/dev/null');
  const lines: Record<string, unknown>[] = [];
  const log = await createLog(config, {
    write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  const sharedEngine = shared?.engine.kind === 'embedded' ? shared.engine : undefined;
  const engine = sharedEngine ?? (await openEngine(config));
  const database = new Database(engine, config, log);
  const metrics = new Metrics();
  const queue = new Queue(database, config, log, metrics, new NoTracing());
  register(queue);
  await queue.start();
  return {
    queue,
    database,
    engine,
    metrics,
    lines,
    [Symbol.asyncDispose]: async () => {
      await queue.beforeApplicationShutdown();
      if (!sharedEngine) await database.onApplicationShutdown();
    },
  };
}

/** Waits for what must come; the limit of the test is the limit of the wait. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
