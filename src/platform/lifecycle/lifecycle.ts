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
  private current: Phase = 'starting';

  get phase(): Phase {
    return this.current;
  }

  /** Moves on. Never back: a start that ends after a stop began does not make it ready again. */
  enter(phase: Phase): void {
    if (PHASES.indexOf(phase) > PHASES.indexOf(this.current)) this.current = phase;
  }

  get takesRequests(): boolean {
    return this.current === 'ready' || this.current === 'draining';
  }

  get isStopping(): boolean {
    return this.current === 'draining' || this.current === 'closing';
  }
}
