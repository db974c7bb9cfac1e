import { Config } from './config.js';
import { formatValue } from './formatters.js';
import type { LoadedConfig } from './load-config.js';
import { settingsOf } from './setting.decorators.js';

/** The effective values, secrets masked, each with where it came from, for the log at start. */
export function describeConfig({ config, sources }: LoadedConfig): Record<string, string> {
  return Object.fromEntries(
    [...settingsOf(Config)].map(([name, { secret, parse }]) => {
      const value = config[name as keyof Config];
      const text = formatValue(value, parse) || 'unset';
      return [name, `${secret ? mask(value) : text} (${sources.get(name)})`];
    }),
  );
}

/** Keeps the host of a connection URL, which is what one looks for at 3 a.m., and nothing else. */
function mask(value: unknown): string {
  if (value === undefined || value === 'embedded') return value ?? 'unset';
  if (typeof value !== 'string' || !URL.canParse(value)) return '[redacted]';
  const { protocol, host, pathname } = new URL(value);
  return `${protocol}//[redacted]@${host}${pathname}`;
}
