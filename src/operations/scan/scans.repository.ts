import { Injectable } from '@nestjs/common';
import type { Prisma } from '#platform/database/generated/client';
import { Repository } from '#platform/database/repository';
import type { KeptScans, ScanReport } from './scan-report.js';

/**
 * A scan that has been under way for so long has gone with its process: longer than one may take, and
 * less than its job waits to be run again.
 */
const GONE_AFTER_MS = 270_000;

export interface FoundScans extends KeptScans {
  readonly isRunning: boolean;
}

/** At most three rows, the same for all processes: each has a DATA_DIR of its own. */
@Injectable()
export class ScansRepository extends Repository {
  async find(now: Date): Promise<FoundScans> {
    const rows = await this.read((db) => db.dependencyScan.findMany({ take: 3 }));
    const row = (kind: string) => rows.find((each) => each.kind === kind);
    const report = (kind: string) => (row(kind)?.report ?? null) as unknown as ScanReport | null;
    const running = row('running');
    return {
      latest: report('latest'),
      lastKnown: report('known'),
      isRunning: running !== undefined && running.at > goneBefore(now),
    };
  }

  /**
   * Ends what was claimed at that time with a report. It takes the place of the latest one, and of the
   * latest known one only when it is known itself.
   */
  async finish(claimedAt: Date, report: ScanReport): Promise<void> {
    const kinds = report.state === 'unknown' ? ['latest'] : ['latest', 'known'];
    const row = {
      at: new Date(report.takenAt),
      report: report as unknown as Prisma.InputJsonValue,
    };
    await this.transaction(async () => {
      for (const kind of kinds) {
        await this.write((db) =>
          db.dependencyScan.upsert({ where: { kind }, create: { kind, ...row }, update: row }),
        );
      }
      await this.release(claimedAt);
    });
  }

  /** Notes that a scan begins. False while another is under way, in whichever process. */
  async claim(now: Date): Promise<boolean> {
    const data = { kind: 'running', at: now };
    const added = await this.write((db) =>
      db.dependencyScan.createMany({ data: [data], skipDuplicates: true }),
    );
    if (added.count > 0) return true;
    const taken = await this.write((db) =>
      db.dependencyScan.updateMany({
        where: { kind: 'running', at: { lt: goneBefore(now) } },
        data,
      }),
    );
    return taken.count > 0;
  }

  /** Ends what was claimed at that time, if that has not ended yet. */
  async release(at: Date): Promise<void> {
    await this.write((db) => db.dependencyScan.deleteMany({ where: { kind: 'running', at } }));
  }
}

function goneBefore(now: Date): Date {
  return new Date(now.getTime() - GONE_AFTER_MS);
}
