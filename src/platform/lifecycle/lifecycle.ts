import { Injectable } from '@nestjs/common';

const PHASES = ['starting', 'ready', 'draining', 'closing'] as const;

export type Phase = (typeof PHASES)[number];

/**
 * Where the process is in its life. `draining` still works but asks load balancers to leave;
 * `starting` and `closing` refuse everything but health.
 */
@Injectable()
export class Lifecycle {
  /** What the start is busy with or waiting for, for whoever asks why it is not ready. */
  step = 'starting';
  /** The database was brought up to date, and requests were taken; still so while it stops. */
  hasStarted = false;
  private current: Phase = 'starting';
  private wait: { readonly what: string; readonly since: number } | undefined;

  get phase(): Phase {
    return this.current;
  }

  /** Notes what the start cannot go on without, since when on the clock of `performance.now()`; undefined when it goes on. */
  waitFor(what: string | undefined, since = performance.now()): void {
    this.wait = what === undefined ? undefined : { what, since };
  }

  /** What the start waits for, and for how long by now. */
  get waiting(): { readonly for: string; readonly seconds: number } | undefined {
    const { wait } = this;
    if (!wait) return undefined;
    return { for: wait.what, seconds: Math.round((performance.now() - wait.since) / 1_000) };
  }

  /** Moves on. Never back: a start that ends after a stop began does not make it ready again. */
  enter(phase: Phase): void {
    if (PHASES.indexOf(phase) <= PHASES.indexOf(this.current)) return;
    this.current = phase;
    if (phase === 'ready') this.hasStarted = true;
  }

  get takesRequests(): boolean {
    return this.current === 'ready' || this.current === 'draining';
  }

  get isStopping(): boolean {
    return this.current === 'draining' || this.current === 'closing';
  }
}
