import { AsyncResource } from 'node:async_hooks';
import {
  BrokenCircuitError,
  bulkhead,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
  type IPolicy,
} from 'cockatiel';
import { Silence, unlessSilent, type Pulse } from './silence.js';

export interface CallPolicyOptions {
  /** Calls at work at once; more wait in line. */
  readonly concurrency: number;
  /** Calls that may wait in line; more are refused. */
  readonly queue: number;
  /** How long a call may take once it is at work, retries included, even when the other side is alive. */
  readonly timeoutMs: number;
  /** How long the other side may say nothing at all while calls wait for it. */
  readonly silenceMs: number;
  readonly pulse: Pulse;
  /** Whether an error means that the other side is out of order, rather than that it said no. */
  readonly isOutage: (error: unknown) => boolean;
  /** Whether the failed call certainly had no effect, so that even a write may be tried again. */
  readonly hadNoEffect: (error: unknown) => boolean;
  /** Told when calls are refused from now on, and when they pass again. */
  readonly onChange?: (state: 'open' | 'closed', reason?: unknown) => void;
}

const TRIES_AFTER_THE_FIRST = 2;
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 1_000;

/**
 * How a dependency is called: bulkhead → timeout → retry → breaker → silence. Reads are repeated
 * after any outage that showed at once, writes only when they certainly had no effect. Silence
 * opens the breaker; one slow call among others does not.
 */
export class CallPolicy {
  private readonly breaker;
  private readonly forReads: IPolicy;
  private readonly forWrites: IPolicy;

  constructor(private readonly options: CallPolicyOptions) {
    const { isOutage, hadNoEffect } = options;
    this.breaker = circuitBreaker(handleWhen(isOutage), {
      halfOpenAfter: OPEN_MS,
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    });
    this.breaker.onBreak((reason) =>
      options.onChange?.('open', 'error' in reason ? reason.error : undefined),
    );
    this.breaker.onReset(() => options.onChange?.('closed'));
    const line = bulkhead(options.concurrency, options.queue);
    const limit = timeout(options.timeoutMs, TimeoutStrategy.Aggressive);
    const showedAtOnce = (error: unknown) =>
      isOutage(error) && !(error instanceof BrokenCircuitError) && !(error instanceof Silence);
    this.forReads = wrap(line, limit, again(showedAtOnce), this.breaker);
    this.forWrites = wrap(line, limit, again(hadNoEffect), this.breaker);
  }

  read<T>(work: () => Promise<T>): Promise<T> {
    return this.run(this.forReads, work);
  }

  write<T>(work: () => Promise<T>): Promise<T> {
    return this.run(this.forWrites, work);
  }

  get state(): 'closed' | 'half-open' | 'open' {
    if (this.breaker.state === CircuitState.Closed) return 'closed';
    return this.breaker.state === CircuitState.HalfOpen ? 'half-open' : 'open';
  }

  private async run<T>(policy: IPolicy, work: () => Promise<T>): Promise<T> {
    // cockatiel lets everybody wait for the trial call's end; one call may wait, the rest are told at once
    if (this.breaker.state === CircuitState.HalfOpen) throw new BrokenCircuitError();
    const { pulse, silenceMs } = this.options;
    // a signal of its own: cockatiel's default one is shared and collects a listener for each call
    const { signal } = new AbortController();
    // what waited in line is begun by the call that ended before it, whose context is another request's
    const own = AsyncResource.bind(work);
    return policy.execute(() => unlessSilent(own, pulse, silenceMs), signal);
  }
}

function again(mayRepeat: (error: unknown) => boolean) {
  return retry(handleWhen(mayRepeat), {
    maxAttempts: TRIES_AFTER_THE_FIRST,
    backoff: new ExponentialBackoff({ initialDelay: 25, maxDelay: 200 }), // with jitter
  });
}

/** When to come back: about when the breaker lets the next trial call through. */
export const RETRY_AFTER_SECONDS = Math.ceil(OPEN_MS / 1_000);
