import { Injectable } from '@nestjs/common';
import { Log } from '../logging/log.js';
import { currentRequest, userAgentOf } from './request-context.js';

/** What can be noticed and what is said of it. Past facts, like every entry of the audit trail, which records them. */
export interface SecurityFacts {
  'security.rate_limited': { tier: string; limit: number; route: string };
  'security.input_suspicious': {
    rules: string;
    field: string;
    score: number;
    action: string;
    route: string;
  };
  'security.client_blocked': { client: string; score: number; until: string };
  'security.client_unblocked': { client: string };
  'security.origin_refused': { origin: string; method: string };
  'security.api_key_refused': { keyId: string; prefix: string; owner: string; reason: string };
  'security.alert_raised': AlertFacts;
  'security.alert_resolved': AlertFacts;
  'security.alert_acknowledged': { alert: string; rule: string };
  'security.alert_silenced': { rule: string; forSeconds: number };
  'security.alert_rule_changed': {
    rule: string;
    series?: string;
    comparison?: string;
    threshold?: number;
    thresholdBefore?: number;
    isEnabled?: boolean;
    isReset?: boolean;
  };
  'security.alert_tested': { routes: number; failed: number };
  'operations.log_level_changed': {
    level: string;
    modules: string;
    forMinutes?: number;
    reason?: string;
  };
  'operations.database_metrics_reset': { since: string };
  'operations.job_retried': { queue: string; job: string };
  'operations.job_dropped': { queue: string; job: string };
  'operations.dependency_scan_requested': { stateBefore: string };
}

interface AlertFacts {
  alert: string;
  rule: string;
  severity: string;
  value: number;
  threshold: number;
  instance: string;
}

export type SecurityAction = keyof SecurityFacts;

export interface SecurityEvent<A extends SecurityAction = SecurityAction> {
  readonly action: A;
  readonly requestId?: string;
  readonly address?: string;
  readonly userAgent?: string;
  /** Id of the signed-in user, when known. */
  readonly actor?: string;
  /** Rule, path, tier and the like; never what the client wrote. */
  readonly metadata: Readonly<SecurityFacts[A]>;
}

type Listener = (event: SecurityEvent) => void;

/** Where edge and operations report what they noticed: logged at once, and handed to whoever listens. */
/** Where edge and operations report what happened: logged at once, and handed to whoever listens. */
@Injectable()
export class SecurityEvents {
  private readonly listeners: Listener[] = [];

  constructor(private readonly log: Log) {}

  onEvent(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Never throws and never waits: the request at hand goes on. */
  report<A extends SecurityAction>(noticed: SecurityEvent<A>): void {
    const event = { ...noticed, userAgent: userAgentOf(noticed.userAgent) };
    this.log.security(event, event.action);
    for (const listener of this.listeners) listener(event);
  }

  /** Reports what the request at hand does, with who makes it. */
  reportOfRequest<A extends SecurityAction>(
    action: A,
    metadata: SecurityEvent<A>['metadata'],
  ): void {
    const { requestId, address, userAgent, actor } = currentRequest() ?? {};
    this.report({ requestId, address, userAgent, actor, action, metadata });
  }
}
