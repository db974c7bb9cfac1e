import { Agent } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from './load.mjs';

const PAUSE_MS = 200;

/** Asks all the time whether the service lives; and how late this process itself is with what it measures. */
export class Watch {
  #url;
  #agent = new Agent({ keepAlive: true });
  #lateness = monitorEventLoopDelay({ resolution: 10 });
  #isEnding = false;
  #running;
  #failures = [];
  #slowestMs = 0;

  constructor(url) {
    this.#url = url;
  }

  start() {
    this.#lateness.enable();
    this.#running = this.#run();
    return this;
  }

  /** `{ livenessFailures, slowestLivenessMs, ownLatenessMs }` of the whole time. */
  async stop() {
    this.#isEnding = true;
    await this.#running;
    this.#agent.destroy();
    this.#lateness.disable();
    return {
      livenessFailures: this.#failures,
      slowestLivenessMs: this.#slowestMs,
      ownLatenessMs: this.#lateness.max / 1e6,
    };
  }

  async #run() {
    while (!this.#isEnding) {
      const start = performance.now();
      const { status, problem } = await ask(this.#url, { path: '/health/live' }, this.#agent);
      this.#slowestMs = Math.max(this.#slowestMs, performance.now() - start);
      if (status !== 200) this.#failures.push(`${status} ${problem}`);
      await delay(PAUSE_MS);
    }
  }
}
