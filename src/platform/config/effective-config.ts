import { Config } from './config.js';
import { formatValue } from './formatters.js';
import type { LoadedConfig, ValueSource } from './load-config.js';
import { settingsOf } from './setting.decorators.js';

export interface EffectiveValue {
  readonly name: string;
  readonly section: string;
  /** As one would write it; `unset`, or masked when it is a secret. */
  readonly value: string;
  readonly source: ValueSource;
  readonly why: string;
}

/** The values that the process runs on, secrets masked, each with where it came from. */
export class EffectiveConfig {
  readonly values: readonly EffectiveValue[];

  constructor({ config, sources }: LoadedConfig) {
    this.values = [...settingsOf(Config)].map(([name, { secret, parse, section, why }]) => {
      const value = config[name as keyof Config];
      const text = secret ? mask(value) : formatValue(value, parse) || 'unset';
      return { name, section, value: text, source: sources.get(name) ?? 'default', why };
    });
  }

  /** For the log at start. */
  describe(): Record<string, string> {
    return Object.fromEntries(
      this.values.map(({ name, value, source }) => [name, `${value} (${source})`]),
    );
  }
}

const DATABASES: ReadonlySet<string> = new Set(['postgres:', 'postgresql:', 'redis:', 'rediss:']);
const MAIL_SERVERS: ReadonlySet<string> = new Set(['smtp:', 'smtps:']);

/**
 * Keeps where a database or a mail server is, which is what one looks for at 3 a.m., and nothing else: of a
 * webhook the path may be the secret, and a password with a colon passes for a URL.
 */
function mask(value: unknown): string {
  if (value === 'embedded') return value;
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'unset';
  if (typeof value !== 'string' || !URL.canParse(value)) return '[redacted]';
  const { protocol, host, pathname } = new URL(value);
  if (DATABASES.has(protocol)) return `${protocol}//[redacted]@${host}${pathname}`;
  return MAIL_SERVERS.has(protocol) ? `${protocol}//[redacted]@${host}` : '[redacted]';
}
