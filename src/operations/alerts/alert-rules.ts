import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import type { AlertRuleState } from '#platform/database/generated/client';
import type { AlertRule, RuleSettings } from './alert-rule.js';
import { AlertRulesRepository, type Told } from './alert-rules.repository.js';
import { defaultRules } from './default-rules.js';

/**
 * The rules in force: those of the code, with what administrators changed of them, and those that they
 * added. Every process rereads them from the database every ten seconds.
 */
@Injectable()
export class AlertRules {
  private readonly defaults: ReadonlyMap<string, AlertRule>;
  private states: ReadonlyMap<string, AlertRuleState> = new Map();
  private rules: readonly AlertRule[];

  constructor(
    config: Config,
    private readonly repository: AlertRulesRepository,
  ) {
    this.rules = defaultRules(config);
    this.defaults = new Map(this.rules.map((rule) => [rule.id, rule]));
  }

  get all(): readonly AlertRule[] {
    return this.rules;
  }

  find(id: string): AlertRule | undefined {
    return this.rules.find((rule) => rule.id === id);
  }

  /** Whether it is a rule of the code, which can be changed but not removed. */
  isDefault(id: string): boolean {
    return this.defaults.has(id);
  }

  isChanged(id: string): boolean {
    return (this.states.get(id)?.settings ?? null) !== null;
  }

  silencedUntil(id: string, now: Date): Date | null {
    const until = this.states.get(id)?.silencedUntil ?? null;
    return until !== null && until > now ? until : null;
  }

  toldOf(id: string): Told | undefined {
    return this.states.get(id);
  }

  /** Of which rules people know that they are broken, and not yet that this is over. */
  get notToldOver(): string[] {
    return [...this.states.values()]
      .filter(({ isToldOver }) => !isToldOver)
      .map(({ rule }) => rule);
  }

  /** Throws `DatabaseUnavailable`, and leaves all as it is. */
  async reload(): Promise<void> {
    const states = await this.repository.findAll();
    this.states = new Map(states.map((state) => [state.rule, state]));
    const changed = states.flatMap(({ rule, settings }) =>
      settings === null ? [] : [this.merged(rule, settings as unknown as RuleSettings)],
    );
    const inForce = new Map([...this.defaults, ...changed.map((rule) => [rule.id, rule] as const)]);
    this.rules = [...inForce.values()];
  }

  async change(id: string, settings: RuleSettings): Promise<void> {
    await this.repository.saveSettings(id, settings);
    await this.reload();
  }

  async reset(id: string): Promise<void> {
    await this.repository.saveSettings(id, null);
    await this.reload();
  }

  async silence(id: string, until: Date | null): Promise<void> {
    await this.repository.silence(id, until);
    await this.reload();
  }

  /** Notes what people are told of a rule. False when another process has noted something before. */
  claim(id: string, told: Told): Promise<boolean> {
    return this.repository.claim(id, this.states.get(id), told);
  }

  /** What was stored by an older version may lack what is new. */
  private merged(id: string, settings: RuleSettings): AlertRule {
    return { ...this.defaults.get(id), ...settings, id };
  }
}
