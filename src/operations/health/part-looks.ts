import { Injectable } from '@nestjs/common';
import { HealthParts, type HealthPart } from '#platform/telemetry/health-parts';
import { runbook } from '#platform/telemetry/runbooks';

const PATIENCE_MS = 1_000;

const NO_ANSWER: HealthPart = { status: 'degraded', reason: 'no answer in time' };

/**
 * Looks at every part of the service, each within a time limit of its own. A look that is still
 * under way is shared: however many ask, and however slow a part is, it is asked once at a time.
 */
@Injectable()
export class PartLooks {
  private readonly underWay = new Map<string, Promise<HealthPart>>();

  constructor(private readonly parts: HealthParts) {}

  /** How each part does, by its name. Never throws, and takes a second at most. */
  async all(): Promise<Record<string, HealthPart>> {
    const names = this.parts.names;
    const found = await Promise.all(names.map((name) => inTime(this.shared(name))));
    return Object.fromEntries(names.map((name, i) => [name, withRunbook(found[i]!)]));
  }

  private shared(name: string): Promise<HealthPart> {
    let look = this.underWay.get(name);
    if (!look) {
      look = this.look(name).finally(() => this.underWay.delete(name));
      this.underWay.set(name, look);
    }
    return look;
  }

  private async look(name: string): Promise<HealthPart> {
    try {
      return await this.parts.look(name);
    } catch {
      return { status: 'degraded', reason: 'it cannot be looked at' };
    }
  }
}

/** What is well needs none, and what is not has one. */
function withRunbook({ runbook: page = runbook('component'), ...part }: HealthPart): HealthPart {
  return part['status'] === 'healthy' ? part : { ...part, runbook: page };
}

/** Timers run before input is read: an answer that has arrived meanwhile gets one more turn. */
function inTime(look: Promise<HealthPart>): Promise<HealthPart> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => setImmediate(() => resolve(NO_ANSWER)), PATIENCE_MS);
    void look.then(resolve).finally(() => clearTimeout(timer));
  });
}
