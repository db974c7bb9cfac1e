import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import type { Log } from '../logging/log.js';
import type { Lifecycle } from './lifecycle.js';

const LAST_LINES_MS = 10_000;
const LAST_LINES_IN_A_HURRY_MS = 1_000;
const SIGNAL_NUMBERS = { SIGTERM: 15, SIGINT: 2 } as const;

interface Stoppable {
  /** Takes no more connections; resolves with how many are left. */
  readonly shutDoor: () => Promise<number>;
  /** Finishes requests in flight and lets go of everything. */
  readonly close: () => Promise<void>;
  readonly lifecycle: Lifecycle;
  readonly config: Config;
  readonly log: Log;
}

/**
 * Stops in order on the first SIGTERM or SIGINT: readiness turns false, load balancers get time to
 * notice, no more connections are taken, requests in flight finish, exit 0. A second signal or SHUTDOWN_TIMEOUT_MS ends it at
 * once. An error that nobody caught is logged and stops the same way, with exit 1, also when it comes
 * while the process stops.
 */
export function stopOnSignals({ shutDoor, close, lifecycle, config, log }: Stoppable): void {
  let isStopping = false;
  let exitCode = 0;
  /** What was bad once is not made good by how the stop goes on. */
  const worsen = (code: number) => (exitCode = Math.max(exitCode, code));

  /** The last lines are those that somebody looks for. */
  const exit = async (withinMs = LAST_LINES_MS): Promise<never> => {
    await Promise.race([log.output.end(), delay(withinMs)]);
    process.exit(exitCode);
  };

  const stop = async (reason: string): Promise<void> => {
    isStopping = true;
    // who stops before it was ready has nobody to take leave of
    const graceMs = lifecycle.phase === 'ready' ? config.SHUTDOWN_GRACE_MS : 0;
    lifecycle.enter(graceMs > 0 ? 'draining' : 'closing');
    log.info({ reason, graceMs }, 'stopping: not ready any more');
    await delay(graceMs);
    // a refusal is quick: what waits to be accepted gets it before the door shuts, and not a reset
    lifecycle.enter('closing');
    lifecycle.step = 'stopping';
    setTimeout(() => {
      log.error({ timeoutMs: config.SHUTDOWN_TIMEOUT_MS }, 'requests in flight were cut off');
      worsen(1);
      void exit();
    }, config.SHUTDOWN_TIMEOUT_MS).unref();
    try {
      const connections = await shutDoor();
      log.info({ connections }, 'no new connections: finishing what is in flight');
      await close();
      log.info('stopped');
      await exit();
    } catch (error) {
      log.error({ err: error }, 'the stop failed');
      worsen(1);
      await exit();
    }
  };

  for (const [signal, number] of Object.entries(SIGNAL_NUMBERS)) {
    process.on(signal, () => {
      if (!isStopping) return void stop(signal);
      log.warn({ signal }, 'second signal: ending at once');
      worsen(128 + number);
      void exit(LAST_LINES_IN_A_HURRY_MS);
    });
  }
  const onFatal = (error: unknown) => {
    log.error({ err: error }, 'an error that nobody caught: stopping');
    worsen(1);
    if (!isStopping) void stop('error');
  };
  process.on('uncaughtException', onFatal);
  process.on('unhandledRejection', onFatal);
}
