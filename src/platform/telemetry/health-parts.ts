import { Injectable } from '@nestjs/common';

/** How a part of the service does, and what an operator wants to know of it. */
export interface HealthPart {
  /** Degraded still serves; unhealthy makes the whole service unhealthy. */
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  /** What to do when it is not healthy, by `runbook()`; the page on parts in general when left out. */
  readonly runbook?: string;
  readonly [detail: string]: unknown;
}

/** Looks at what is known already, or asks within a time limit of its own. */
export type HealthLook = () => HealthPart | Promise<HealthPart>;

/** Where parts of the service say how they do, for the health routes to read. */
@Injectable()
export class HealthParts {
  private readonly looks = new Map<string, HealthLook>();

  /** Registers a part by the name under which `/health` shows it. */
  add(name: string, look: HealthLook): void {
    if (this.looks.has(name)) throw new Error(`two parts of health called ${name}`);
    this.looks.set(name, look);
  }

  get names(): string[] {
    return [...this.looks.keys()];
  }

  look(name: string): HealthPart | Promise<HealthPart> {
    const look = this.looks.get(name);
    if (!look) throw new Error(`no part of health called ${name}`);
    return look();
  }
}
