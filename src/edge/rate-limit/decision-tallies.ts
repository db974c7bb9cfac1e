import type { Metrics } from '#platform/telemetry/metrics';
import { TIERS, type Tier } from './tiers.js';

const OUTCOMES = ['allowed', 'slowed', 'spared', 'refused'] as const;
type Outcome = (typeof OUTCOMES)[number];

/** Counts what the limits decided, by tier. A request costs an addition; labels are made when somebody looks. */
export class DecisionTallies {
  private readonly counts = new Map<Tier, Record<Outcome, number>>(
    (Object.keys(TIERS) as Tier[]).map((tier) => [
      tier,
      { allowed: 0, slowed: 0, spared: 0, refused: 0 },
    ]),
  );

  constructor(metrics: Metrics) {
    metrics.counter(
      'aerie_rate_limit_decisions_total',
      'Requests counted against a tier, by what came of it; administrators who exceed it are spared.',
      ['tier', 'outcome'],
      (counter) => {
        counter.reset();
        for (const [tier, counts] of this.counts) {
          for (const outcome of OUTCOMES) counter.inc({ tier, outcome }, counts[outcome]);
        }
      },
    );
  }

  add(tier: Tier, outcome: Outcome): void {
    const counts = this.counts.get(tier);
    if (counts) counts[outcome]++;
  }
}
