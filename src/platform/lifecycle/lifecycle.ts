import { Injectable } from '@nestjs/common';

export type Phase = 'starting' | 'ready' | 'draining' | 'closing';

/**
 * Where the process is in its life. `draining` still works but asks load balancers to leave;
 * `starting` and `closing` refuse everything but health.
 */
@Injectable()
export class Lifecycle {
  phase: Phase = 'starting';

  /** What the start is busy with or waiting for, for whoever asks why it is not ready. */
  step = 'starting';

  get takesRequests(): boolean {
    return this.phase === 'ready' || this.phase === 'draining';
  }
}
