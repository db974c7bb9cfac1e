import { IsString, MaxLength } from 'class-validator';
import { treatText } from '#edge/request-guard/text-treatment';
import type { BlockedClient } from '#edge/request-guard/blocked-clients';
import type { Thresholds } from '#edge/request-guard/inspect';

export class GuardQuestion {
  /**
   * What a client might send.
   * @example "x' OR 1=1 --"
   */
  @IsString()
  @MaxLength(1_000_000)
  text: string;
}

export class GuardFinding {
  /** @example "sql-literal-comparison" */
  rule: string;
  /** @example 8 */
  score: number;
}

export class GuardAnswer {
  /** @example "block" */
  action: 'pass' | 'report' | 'block';
  /** @example 8 */
  score: number;
  findings: GuardFinding[];
  /**
   * What would be stored if it were not refused.
   * @example "x' OR 1=1 --"
   */
  sanitised: string;

  static to(text: string, thresholds: Thresholds): GuardAnswer {
    const { action, score, findings, stored } = treatText(text, 'body', false, thresholds);
    return {
      action,
      score,
      findings: findings.map((finding) => ({ rule: finding.rule, score: finding.score })),
      sanitised: stored,
    };
  }
}

export class BlockedClientView {
  /**
   * An IPv4 address or an IPv6 /64.
   * @example "203.0.113.7"
   */
  client: string;
  /**
   * What it had collected when it was blocked.
   * @example 56
   */
  score: number;
  until: Date;

  static of({ client, score, until }: BlockedClient): BlockedClientView {
    return { client, score, until };
  }
}

export class BlockedClientsPage {
  items: BlockedClientView[];
  /** Always null: the list is bounded. */
  nextCursor: string | null;
}
