import { describe, expect, it } from 'vitest';
import { loadConfig } from '#platform/config/load-config';
import type { Engine } from '#platform/database/engine';
import { fake } from '../test/fake.js';
import { banner } from './banner.js';

const bannerOf = (environment: Record<string, string>) =>
  banner({
    address: 'http://127.0.0.1:3000',
    config: loadConfig(environment, '/dev/null').config,
    engine: fake<Engine>({ description: 'embedded' }),
    redis: { state: 'memory' },
    unseenPassword: null,
  });

describe('the banner', () => {
  it.each([
    [{}, 'up to 32 MB of answers in memory'],
    [{ REDIS_URL: 'redis://host' }, 'up to 32 MB of answers in memory, and encrypted in Redis'],
    [{ REDIS_URL: 'redis://host', CACHE_MAX_BYTES: '0' }, 'off (CACHE_MAX_BYTES is 0)'],
  ])('says of the cache of %j: %s', (environment, text) => {
    expect(bannerOf(environment)).toContain(`\n  cache         ${text}\n`);
  });

  it('leaves out of what is off what is on', () => {
    const text = bannerOf({
      REDIS_URL: 'redis://host',
      CORS_ORIGINS: 'https://app.example.com',
      ALERT_EMAIL: 'ops@example.com',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    });
    expect(text).toMatch(/\n {2}off {11}HSTS .*,\n {16}signing in by a provider .*\n\n/);
  });
});
