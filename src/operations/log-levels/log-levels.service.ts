import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { ValidationFailed } from '#platform/errors/problems';
import { Log } from '#platform/logging/log';
import { SecurityEvents, type SecurityFacts } from '#platform/telemetry/security-events';
import type { LogLevelChange, LogLevelsView } from './log-levels.dto.js';

const MINUTE_MS = 60_000;

@Injectable()
export class LogLevelsService implements OnApplicationShutdown {
  private until: Date | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: Config,
    private readonly log: Log,
    private readonly events: SecurityEvents,
  ) {}

  getView(): LogLevelsView {
    const { level, modules } = this.log.moduleLevels.levels;
    const { modules: known } = this.log.moduleLevels;
    return { level, modules, configured: this.config.LOG_LEVEL, known, until: this.until };
  }

  /** Recorded, since whoever turns the log down hides what comes after. Throws for a module that nobody knows. */
  change({ level, modules = {}, forMinutes }: LogLevelChange): LogLevelsView {
    this.requireKnown(Object.keys(modules));
    clearTimeout(this.timer);
    this.until = null;
    this.log.moduleLevels.set({ level, modules });
    if (forMinutes !== undefined) {
      const pauseMs = forMinutes * MINUTE_MS;
      this.until = new Date(Date.now() + pauseMs);
      this.timer = setTimeout(() => this.return(), pauseMs).unref();
    }
    this.record({ level, modules: described(modules), ...(forMinutes && { forMinutes }) });
    return this.getView();
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
  }

  private return(): void {
    this.until = null;
    this.log.moduleLevels.reset();
    this.record({ level: this.config.LOG_LEVEL, modules: '', reason: 'the time was over' });
  }

  private record(metadata: SecurityFacts['operations.log_level_changed']): void {
    this.events.reportOfRequest('operations.log_level_changed', metadata);
  }

  private requireKnown(modules: readonly string[]): void {
    const { modules: known } = this.log.moduleLevels;
    const unknown = modules.filter((module) => !known.includes(module));
    if (unknown.length === 0) return;
    throw new ValidationFailed({
      errors: unknown.map((module) => ({
        path: `modules.${module.slice(0, 100)}`,
        message: `is no module; there are ${known.join(', ')}`,
      })),
    });
  }
}

function described(modules: Readonly<Record<string, string>>): string {
  return Object.entries(modules)
    .map(([module, level]) => `${module}=${level}`)
    .join(' ');
}
