import { Injectable } from '@nestjs/common';
import {
  SecurityEvents,
  type SecurityAction,
  type SecurityEvent,
} from '#platform/telemetry/security-events';

const MOST_RECENT = 100;

export interface NoticedEvent extends SecurityEvent {
  readonly time: Date;
}

/** Counts what the edge noticed since the start, and keeps the last hundred events. */
@Injectable()
export class SecurityTally {
  readonly since = new Date();
  private readonly counts = new Map<SecurityAction, number>();
  private readonly kept: NoticedEvent[] = [];

  constructor(events: SecurityEvents) {
    events.onEvent((event) => this.add(event));
  }

  of(action: SecurityAction): number {
    return this.counts.get(action) ?? 0;
  }

  /** The latest first. */
  get recent(): readonly NoticedEvent[] {
    return this.kept.toReversed();
  }

  private add(event: SecurityEvent): void {
    this.counts.set(event.action, this.of(event.action) + 1);
    this.kept.push({ ...event, time: new Date() });
    if (this.kept.length > MOST_RECENT) this.kept.shift();
  }
}
