// Reads the clock at both ends of each stage of a request, without a change to the application.

/** What one request after the other spent in which stage, in µs. For one request at a time. */
export class StageClock {
  #samples = new Map();
  #current = new Map();
  #startedAt = 0;

  start() {
    this.#current.clear();
    this.#startedAt = performance.now();
  }

  /** The request is over: what no stage took is the rest. */
  stop() {
    const total = (performance.now() - this.#startedAt) * 1_000;
    let rest = total;
    for (const [stage, microseconds] of this.#current) {
      this.#keep(stage, microseconds);
      rest -= microseconds;
    }
    this.#keep(REST, rest);
    this.#keep(TOTAL, total);
  }

  /** The samples of each stage since the last time, in the order in which requests met them. */
  takeSamples() {
    const samples = this.#samples;
    this.#samples = new Map();
    return samples;
  }

  /** A function that takes a callback last: a Fastify hook or parser. Ends when it calls back. */
  aroundCallback(stage, original) {
    const clock = this;
    return function timed(...args) {
      const done = args.pop();
      const start = performance.now();
      return original.call(this, ...args, (...results) => {
        clock.#add(stage, start);
        return done(...results);
      });
    };
  }

  /** A method of an object; ends when what it returns has settled. */
  aroundMethod(stage, owner, method) {
    const original = owner[method];
    const clock = this;
    owner[method] = function timed(...args) {
      const start = performance.now();
      const result = original.apply(this, args);
      if (typeof result?.then !== 'function') {
        clock.#add(stage, start);
        return result;
      }
      return result.finally(() => clock.#add(stage, start));
    };
  }

  #add(stage, start) {
    const microseconds = (performance.now() - start) * 1_000;
    this.#current.set(stage, (this.#current.get(stage) ?? 0) + microseconds);
  }

  #keep(stage, microseconds) {
    const samples = this.#samples.get(stage);
    if (samples) samples.push(microseconds);
    else this.#samples.set(stage, [microseconds]);
  }
}

export const REST = 'the rest: Node.js, Fastify, Nest';
export const TOTAL = 'in all';
