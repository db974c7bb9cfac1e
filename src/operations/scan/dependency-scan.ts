import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readAudit } from './audit-answer.js';
import { askNpm, NpmFailed, type NpmOptions } from './npm.js';
import { readOutdated } from './outdated-answer.js';
import { isUnknown, type ScanReport, type Unknown } from './scan-report.js';

export interface ScanOptions extends NpmOptions {
  /** Whether to ask about what only development needs, too. */
  readonly isWithDev: boolean;
}

/**
 * Asks npm about the packages of a project: which have known vulnerabilities, which are outdated.
 * What it cannot find out is unknown in the report, with the reason. Throws only when it is aborted.
 */
export async function scanDependencies(options: ScanOptions): Promise<ScanReport> {
  const { cacheDirectory, isWithDev } = options;
  const startedAt = new Date();
  try {
    // npm keeps advisories in its cache, and would not notice that one has become worse
    await clear(cacheDirectory);
    const vulnerabilities = await vulnerabilitiesOf(options);
    // one after the other: each is a process of a hundred megabytes
    const outdated = await ask('outdated', readOutdated, options);
    return {
      takenAt: startedAt.toISOString(),
      durationMs: Date.now() - startedAt.getTime(),
      isWithDev,
      state: stateOf(vulnerabilities),
      vulnerabilities,
      outdated,
    };
  } finally {
    await clear(cacheDirectory);
  }
}

async function vulnerabilitiesOf(options: ScanOptions): Promise<ScanReport['vulnerabilities']> {
  const hasLock = await isThere(join(options.directory, 'package-lock.json'));
  if (!hasLock) return { reason: 'there is no package-lock.json here' };
  return ask('audit', readAudit, options);
}

async function ask<T>(
  command: string,
  read: (text: string) => T,
  options: ScanOptions,
): Promise<T | Unknown> {
  try {
    const scope = options.isWithDev ? [] : ['--omit=dev'];
    return read(await askNpm([command, ...scope], options));
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof NpmFailed) return { reason: error.message };
    throw error;
  }
}

function stateOf(vulnerabilities: ScanReport['vulnerabilities']): ScanReport['state'] {
  if (isUnknown(vulnerabilities)) return 'unknown';
  return vulnerabilities.findings.length === 0 ? 'clean' : 'findings';
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function clear(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true, maxRetries: 3 });
}
