import {
  isUnknown,
  type Finding,
  type OutdatedPackage,
  type Remedy,
  type ScanReport,
  type ScanSeverity,
  type ScanState,
  type SeverityCounts,
} from './scan-report.js';
import type { FoundScans } from './scans.repository.js';

export class SeverityCountsView {
  critical: number;
  /** @example 1 */
  high: number;
  moderate: number;
  low: number;

  static of({ critical, high, moderate, low }: SeverityCounts): SeverityCountsView {
    return { critical, high, moderate, low };
  }
}

export class RemedyView {
  /** @example "update fastify to 5.9.0" */
  text: string;
  /**
   * What to update; null where `npm audit fix` finds out.
   * @example "fastify"
   */
  package: string | null;
  /** @example "5.9.0" */
  version: string | null;
  isMajor: boolean;

  static of({ text, package: name, version, isMajor }: Remedy): RemedyView {
    return { text, package: name, version, isMajor };
  }
}

export class AdvisoryView {
  /** @example "Reads beyond the end of a header" */
  title: string;
  /** @example "https://github.com/advisories/GHSA-xxxx-xxxx-xxxx" */
  url: string | null;
}

export class FindingView {
  /** @example "fastify" */
  package: string;
  /** @example "high" */
  severity: ScanSeverity;
  /** Whether package.json names it. */
  isDirect: boolean;
  /**
   * The versions that are affected.
   * @example "<5.9.0"
   */
  range: string;
  advisories: AdvisoryView[];
  /** The packages that it has its vulnerabilities from. */
  through: string[];
  /** Null when there is none. */
  remedy: RemedyView | null;

  static of({ advisories, through, remedy, ...finding }: Finding): FindingView {
    return {
      package: finding.package,
      severity: finding.severity,
      isDirect: finding.isDirect,
      range: finding.range,
      advisories: advisories.map(({ title, url }) => ({ title, url })),
      through: [...through],
      remedy: remedy && RemedyView.of(remedy),
    };
  }
}

export class OutdatedPackageView {
  /** @example "nodemailer" */
  package: string;
  /**
   * Null when it is not installed.
   * @example "10.6.0"
   */
  current: string | null;
  /**
   * The newest that package.json allows.
   * @example "10.6.1"
   */
  wanted: string;
  /** @example "11.0.0" */
  latest: string;
  /** Whether the latest is another major version. */
  isMajor: boolean;

  static of({ current, wanted, latest, isMajor, ...each }: OutdatedPackage): OutdatedPackageView {
    return { package: each.package, current, wanted, latest, isMajor };
  }
}

export class DependencyScanView {
  takenAt: Date;
  /** @example 5400 */
  ageSeconds: number;
  /** @example 4100 */
  durationMs: number;
  /**
   * Unknown is not clean: npm did not say.
   * @example "findings"
   */
  state: ScanState;
  /** Why it is unknown. */
  reason: string | null;
  /** Vulnerable packages; null while that is unknown. */
  counts: SeverityCountsView | null;
  /** The worst first, at most five hundred. */
  findings: FindingView[];
  outdated: OutdatedPackageView[];
  /** Why nothing is known of outdated packages. */
  outdatedReason: string | null;

  static of(report: ScanReport, now: Date): DependencyScanView {
    const { takenAt, durationMs, state, vulnerabilities, outdated } = report;
    const found = isUnknown(vulnerabilities) ? null : vulnerabilities;
    const items = isUnknown(outdated) ? [] : outdated.items;
    return {
      takenAt: new Date(takenAt),
      ageSeconds: Math.max(0, Math.round((now.getTime() - Date.parse(takenAt)) / 1_000)),
      durationMs,
      state,
      reason: isUnknown(vulnerabilities) ? vulnerabilities.reason : null,
      counts: found && SeverityCountsView.of(found.counts),
      findings: found?.findings.map((finding) => FindingView.of(finding)) ?? [],
      outdated: items.map((each) => OutdatedPackageView.of(each)),
      outdatedReason: isUnknown(outdated) ? outdated.reason : null,
    };
  }
}

export class DependencyScans {
  /**
   * When it is done by itself, UTC, or `off`.
   * @example "04:23"
   */
  scheduledAt: string;
  isRunning: boolean;
  /** Null before the first one. */
  latest: DependencyScanView | null;
  /** The latest that npm answered: the same while nothing is in its way. */
  lastKnown: DependencyScanView | null;

  static of({ isRunning, latest, lastKnown }: FoundScans, at: string, now: Date): DependencyScans {
    return {
      scheduledAt: at,
      isRunning,
      latest: latest && DependencyScanView.of(latest, now),
      lastKnown: lastKnown && DependencyScanView.of(lastKnown, now),
    };
  }
}
