import { Injectable } from '@nestjs/common';
import { type AlertRuleState, Prisma } from '#platform/database/generated/client';
import { Repository } from '#platform/database/repository';
import type { RuleSettings } from './alert-rule.js';

const MOST_RULES = 500;

/** When people were told last of a rule, of what, and whether they know that it is over. */
export type Told = Pick<AlertRuleState, 'toldAt' | 'toldSeverity' | 'isToldOver'>;

@Injectable()
export class AlertRulesRepository extends Repository {
  findAll(): Promise<AlertRuleState[]> {
    return this.read((db) =>
      db.alertRuleState.findMany({ orderBy: { rule: 'asc' }, take: MOST_RULES }),
    );
  }

  /** Null gives the rule back to the code. */
  async saveSettings(rule: string, settings: RuleSettings | null): Promise<void> {
    const data = { settings: settings ? { ...settings } : Prisma.DbNull };
    await this.write((db) =>
      db.alertRuleState.upsert({ where: { rule }, create: { rule, ...data }, update: data }),
    );
  }

  async silence(rule: string, silencedUntil: Date | null): Promise<void> {
    await this.write((db) =>
      db.alertRuleState.upsert({
        where: { rule },
        create: { rule, silencedUntil },
        update: { silencedUntil },
      }),
    );
  }

  /**
   * Notes that people are told, if nobody has noted anything since what the caller has read. False
   * when another process was first, which then tells them.
   */
  async claim(rule: string, read: Told | undefined, now: Told): Promise<boolean> {
    if (!read) {
      await this.write((db) =>
        db.alertRuleState.createMany({ data: [{ rule }], skipDuplicates: true }),
      );
    }
    const { toldAt = null, toldSeverity = null, isToldOver = true } = read ?? {};
    const { count } = await this.write((db) =>
      db.alertRuleState.updateMany({
        where: { rule, toldAt, toldSeverity, isToldOver },
        data: now,
      }),
    );
    return count > 0;
  }
}
