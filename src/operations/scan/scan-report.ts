export const SEVERITIES = ['critical', 'high', 'moderate', 'low'] as const;

export type ScanSeverity = (typeof SEVERITIES)[number];

export type SeverityCounts = Record<ScanSeverity, number>;

export interface Remedy {
  /** What to do, in words. */
  readonly text: string;
  /** What to update and to which version; null where `npm audit fix` finds out. */
  readonly package: string | null;
  readonly version: string | null;
  /** Whether that is a new major version. */
  readonly isMajor: boolean;
}

export interface Advisory {
  readonly title: string;
  /** Always https. */
  readonly url: string | null;
}

/** A package with known vulnerabilities, of its own or of what it depends on. */
export interface Finding {
  readonly package: string;
  readonly severity: ScanSeverity;
  /** Whether package.json names it. */
  readonly isDirect: boolean;
  /** The versions that are affected. */
  readonly range: string;
  readonly advisories: readonly Advisory[];
  /** The packages that it has its vulnerabilities from. */
  readonly through: readonly string[];
  /** Null when there is none. */
  readonly remedy: Remedy | null;
}

export interface OutdatedPackage {
  readonly package: string;
  readonly current: string | null;
  /** The newest that package.json allows. */
  readonly wanted: string;
  readonly latest: string;
  readonly isMajor: boolean;
}

/** Why something is not known, instead of what it is. */
export interface Unknown {
  readonly reason: string;
}

export interface Vulnerabilities {
  readonly counts: SeverityCounts;
  /** The worst first, at most five hundred. */
  readonly findings: readonly Finding[];
}

export type ScanState = 'clean' | 'findings' | 'unknown';

/** What one scan found, as it is kept. */
export interface ScanReport {
  readonly takenAt: string;
  readonly durationMs: number;
  /** Whether the packages were asked about that only development needs. */
  readonly isWithDev: boolean;
  readonly state: ScanState;
  readonly vulnerabilities: Vulnerabilities | Unknown;
  readonly outdated: { readonly items: readonly OutdatedPackage[] } | Unknown;
}

/** The latest scan, and the latest that npm answered: an unknown one never takes the place of that. */
export interface KeptScans {
  readonly latest: ScanReport | null;
  readonly lastKnown: ScanReport | null;
}

export function isUnknown(part: object): part is Unknown {
  return 'reason' in part;
}
