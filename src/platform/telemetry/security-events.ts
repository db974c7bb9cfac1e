import { Injectable } from '@nestjs/common';
import { Log } from '../logging/log.js';
import { LONGEST_USER_AGENT } from './request-context.js';

/** What the edge can notice. Past facts, like every entry of the audit trail, which records them. */
export type SecurityAction =
  | 'security.rate_limited'
  | 'security.input_suspicious'
  | 'security.client_blocked'
  | 'security.client_unblocked'
  | 'security.origin_refused'
  | 'security.api_key_refused';

export interface SecurityEvent {
  readonly action: SecurityAction;
  readonly requestId?: string;
  readonly address?: string;
  readonly userAgent?: string;
  /** Id of the signed-in user, when known. */
  readonly actor?: string;
  /** Rule, path, tier and the like; never what the client wrote. */
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

type Listener = (event: SecurityEvent) => void;

/** Where the edge reports what it noticed: logged at once, and handed to whoever listens. */
@Injectable()
export class SecurityEvents {
  private readonly listeners: Listener[] = [];

  constructor(private readonly log: Log) {}

  onEvent(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Never throws and never waits: the request at hand goes on. */
  report(noticed: SecurityEvent): void {
    const event = { ...noticed, userAgent: noticed.userAgent?.slice(0, LONGEST_USER_AGENT) };
    this.log.security(event, event.action);
    for (const listener of this.listeners) listener(event);
  }
}
