import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
  type IPolicy,
} from 'cockatiel';
import { NOBODY, refuseIfOver, unlessLate, until, type Caller } from './caller.js';
import { Line } from './line.js';
import { Silence, unlessSilent, type Pulse } from './silence.js';

export interface CallPolicyOptions {
  /** Calls at work at once; more wait in line. */
  readonly concurrency: number;
  /** Calls that may wait in line; more are refused. */
  readonly queue: number;
  /** How long a call may take once it is at work, retries included but for a pause before one, even when the other side is alive. */
  readonly timeoutMs: number;
  /** How long the other side may say nothing at all while calls wait for it. */
  readonly silenceMs: number;
  readonly pulse: Pulse;
  /** Whether an error means that the other side does not work, rather than that it said no. */
  readonly isDown: (error: unknown) => boolean;
  /** Whether the failed call certainly had no effect, so that even a write may be tried again. */
  readonly hadNoEffect: (error: unknown) => boolean;
  /** Told when calls are refused from now on, and when they pass again. */
  readonly onChange?: (state: 'open' | 'closed', reason?: unknown) => void;
  /** Told of each repetition. */
  readonly onRetry?: () => void;
}

/** What may be different for one call. */
export interface CallOptions {
  /** Instead of the policy's `timeoutMs`. */
  readonly timeoutMs?: number;
  /** Who waits for it: nobody, when left out. */
  readonly caller?: Caller;
}

const TRIES_AFTER_THE_FIRST = 2;
/** Between two tries. */
const LONGEST_PAUSE_MS = 200;
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 1_000;
/** So that the processes of a service do not try all at the same moment. */
const JITTER_MS = 500;

/**
 * How a dependency is called: line → timeout → retry → breaker → silence. Reads are repeated after
 * any outage that showed at once, writes only when they certainly had no effect. Silence opens the
 * breaker; one slow call among others does not. No call outlasts its caller's deadline, and none is
 * made for a caller who has gone.
 */
export class CallPolicy {
  private readonly line: Line;
  private readonly breaker;
  private readonly forReads: IPolicy;
  private readonly forWrites: IPolicy;
  private nextTrialAt = -Infinity;

  constructor(private readonly options: CallPolicyOptions) {
    const { isDown, hadNoEffect } = options;
    this.line = new Line(options.concurrency, options.queue);
    this.breaker = circuitBreaker(handleWhen(isDown), {
      // `nextTrialAt` decides: cockatiel reads the wall clock, and that may be put back
      halfOpenAfter: -Infinity,
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    });
    this.breaker.onBreak((reason) => {
      this.nextTrialAt = performance.now() + OPEN_MS - JITTER_MS / 2 + Math.random() * JITTER_MS;
      this.line.dismiss(new BrokenCircuitError());
      options.onChange?.('open', 'error' in reason ? reason.error : undefined);
    });
    this.breaker.onReset(() => options.onChange?.('closed'));
    const showedAtOnce = (error: unknown) =>
      hadNoEffect(error) ||
      (isDown(error) && !(error instanceof BrokenCircuitError) && !(error instanceof Silence));
    this.forReads = this.again(showedAtOnce);
    this.forWrites = this.again(hadNoEffect);
  }

  /** Makes a call that changes nothing, so that it may be repeated. */
  read<T>(work: () => Promise<T>, options?: CallOptions): Promise<T> {
    return this.call(this.forReads, work, options);
  }

  /** Makes a call whose effect must not come twice. */
  write<T>(work: () => Promise<T>, options?: CallOptions): Promise<T> {
    return this.call(this.forWrites, work, options);
  }

  get state(): 'closed' | 'half-open' | 'open' {
    if (this.breaker.state === CircuitState.Closed) return 'closed';
    return this.breaker.state === CircuitState.HalfOpen ? 'half-open' : 'open';
  }

  /** How many calls wait for a place. */
  get lineLength(): number {
    return this.line.length;
  }

  /** How long somebody has waited who lacks nothing but a place, in milliseconds. */
  get delayMs(): number {
    return this.line.delayMs;
  }

  /** How long the first caller of a kind has waited for a place, in milliseconds. */
  delayMsOf(kind: string): number {
    return this.line.delayMsOf(kind);
  }

  private async call<T>(
    again: IPolicy,
    work: () => Promise<T>,
    { timeoutMs = this.options.timeoutMs, caller = NOBODY }: CallOptions = {},
  ): Promise<T> {
    this.refuseIfBroken();
    const leave = await this.line.enter(caller);
    const endsAt = performance.now() + timeoutMs;
    const { pulse, silenceMs } = this.options;
    const once = () => {
      refuseIfOver(until(endsAt, caller));
      this.refuseIfBroken();
      // within the breaker: a trial call that never ends would keep it from closing
      return this.breaker.execute(() => {
        const working = unlessSilent(work, pulse, silenceMs);
        return unlessLate(working, endsAt - performance.now());
      });
    };
    // each try ends in time, and so do they all, but for a pause between two
    const outcome = again.execute(once);
    // the place is given up when the work is, not when the caller is let go
    outcome.then(leave, leave);
    if (caller.deadlineAt >= endsAt + LONGEST_PAUSE_MS) return outcome;
    return unlessLate(outcome, caller.deadlineAt - performance.now());
  }

  /** cockatiel lets everybody wait for the trial call's end; one call may wait, the rest are told at once. */
  private refuseIfBroken(): void {
    const isTrying = this.breaker.state === CircuitState.HalfOpen;
    if (isTrying || performance.now() < this.nextTrialAt) throw new BrokenCircuitError();
  }

  private again(mayRepeat: (error: unknown) => boolean): IPolicy {
    const policy = retry(handleWhen(mayRepeat), {
      maxAttempts: TRIES_AFTER_THE_FIRST,
      backoff: new ExponentialBackoff({ initialDelay: 25, maxDelay: LONGEST_PAUSE_MS }), // with jitter
    });
    policy.onRetry(() => this.options.onRetry?.());
    return policy;
  }
}

/** When to come back: about when the breaker lets the next trial call through. */
export const RETRY_AFTER_SECONDS = Math.ceil(OPEN_MS / 1_000);
