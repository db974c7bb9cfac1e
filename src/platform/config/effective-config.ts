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
      const text = secret ? mask(value, secret) : formatValue(value, parse) || 'unset';
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

/** Of a URL with a password in it the rest is what one looks for at 3 a.m. Of a webhook the path may be the secret. */
function mask(value: unknown, secret: true | 'address'): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'unset';
  if (secret !== 'address' || typeof value !== 'string') return '[redacted]';
  if (value === 'embedded') return value;
  const url = URL.canParse(value) ? new URL(value) : null;
  return url?.host ? `${url.protocol}//[redacted]@${url.host}${url.pathname}` : '[redacted]';
}
