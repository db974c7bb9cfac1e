import { Config } from './config.js';
import type { LoadedConfig } from './load-config.js';
import { settingsOf } from './setting.decorators.js';

/** The effective values, secrets masked, each with where it came from, for the log at start. */
export function describeConfig({ config, sources }: LoadedConfig): Record<string, string> {
  return Object.fromEntries(
    [...settingsOf(Config)].map(([name, { secret }]) => {
      const value = config[name as keyof Config];
      return [name, `${secret ? mask(value) : show(value)} (${sources.get(name)})`];
    }),
  );
}

function show(value: unknown): string {
  if (value === undefined) return 'unset';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Keeps the host of a connection URL, which is what one looks for at 3 a.m., and nothing else. */
function mask(value: unknown): string {
  if (value === undefined || value === 'embedded') return show(value);
  if (typeof value !== 'string' || !URL.canParse(value)) return '[redacted]';
  const { protocol, host, pathname } = new URL(value);
  return `${protocol}//[redacted]@${host}${pathname}`;
}
