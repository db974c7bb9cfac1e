import { createServer } from 'node:net';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Config } from '#platform/config/config';
import { settingsOf } from '#platform/config/setting.decorators';
import { emptyDatabase } from '../databases.js';
import { Services } from '../service.js';

const services = new Services();

const PASSWORD_LINE = /password\s+(\S+)\s+\(shown this once\)/;

describe('a start', () => {
  it('shows the administrator’s password once; the next start keeps the data and shows none', async () => {
    const empty = await emptyDatabase();
    const environment = { ...empty.environment, ADMIN_PASSWORD: '' };
    const first = services.start(environment);
    const api = await first.ready();
    const password = await first.said(PASSWORD_LINE);
    expect((await api.logIn('admin@localhost.test', password)).status).toBe(200);
    await api.register('ada@example.com');
    first.signal('SIGTERM');
    expect(await first.exit).toBe(0);

    const second = services.start(environment);
    const again = await second.ready();
    await second.said(/is ready/);
    expect(second.output).not.toMatch(PASSWORD_LINE);
    expect((await again.logIn('ada@example.com')).status).toBe(200);
    expect((await again.logIn('admin@localhost.test', password)).status).toBe(200);
    expect(readdirSync(empty.environment.DATA_DIR).join()).not.toContain('administrator');
    await second.kill();
    await empty.drop();
  });

  it('tells where it is, what it stands on and what is off', async () => {
    const service = services.start();
    await service.said(/is ready \(development\)/);
    await service.said(/\n {2}off\s+.*REDIS_URL is unset/);
    for (const row of ['address', 'docs', 'console', 'health', 'database', 'letters', 'limits']) {
      expect(service.output).toMatch(new RegExp(`\\n {2}${row}\\s+\\S`));
    }
    expect(service.output).toMatch(/\n {2}cache {9}up to 32 MB of answers in memory\n/);
    for (const off of ['OIDC_ISSUER', 'ALERT_EMAIL', 'OTEL_EXPORTER_OTLP_ENDPOINT']) {
      expect(service.output).toMatch(new RegExp(`\\n {16}\\S.*\\(${off} .*unset\\)`));
    }
  });

  it('says that limits are counted in memory while Redis does not answer', async () => {
    const service = services.start({ NODE_ENV: 'development', REDIS_URL: 'redis://127.0.0.1:1' });
    const where = await service.said(/\n {2}limits\s+.*(counted in .*)/);
    expect(where).toBe('counted in memory until Redis answers');
  });

  it('is over while a Redis that is required does not answer, and takes no traffic yet', async () => {
    const redis = { REDIS_URL: 'redis://127.0.0.1:1', REDIS_REQUIRED: 'true' };
    const service = services.start(redis);
    const line = await service.said(/(.*ready as soon as what is away answers.*)/);
    expect(line).toContain('"away":["redis"]');
    const { port } = new URL(await service.address());
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(503);
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
  });

  it('logs the effective configuration with where each value came from, and no secret', async () => {
    const service = services.start({ NODE_ENV: 'staging', JWT_ISSUER: 'https://issuer.example' });
    await service.said(/effective configuration/);
    await service.ready();
    const said = service.output
      .split('\n')
      .find((text) => text.includes('effective configuration'));
    const { config } = JSON.parse(said!) as { config: Record<string, string> };
    expect(Object.keys(config)).toEqual([...settingsOf(Config).keys()]); // the line leaves none out
    expect(config['OTEL_EXPORTER_OTLP_HEADERS']).toBe('unset (default)');
    expect(service.output).toContain('"JWT_ISSUER":"https://issuer.example (environment)"');
    expect(service.output).toMatch(/"PORT":"0 \(environment\)"/);
    expect(service.output).toContain('"ADMIN_PASSWORD":"[redacted] (environment)"');
    expect(service.output).not.toContain('administrator of the tests');
    for (const line of service.output.trim().split('\n')) {
      expect(JSON.parse(line)).toHaveProperty('level'); // staging writes a log and nothing else
    }
  });

  it('listens on IPv6 as well as on IPv4', async () => {
    const service = services.start({ HOST: '::1' });
    const api = await service.ready();
    expect(api.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await api.get('/health/ready')).status).toBe(200);
  });

  it('names every problem of a bad production environment at once, and what to do', async () => {
    const service = services.start({
      NODE_ENV: 'production',
      CORS_ORIGINS: '*',
      PORT: '99999',
      JWT_SIGNING_KEYS: '',
      AERIE_LOGLEVEL: 'debug',
    });
    expect(await service.exit).toBe(1);
    expect(service.output).toContain('PORT=99999 must be a whole number from 0 to 65535');
    expect(service.output).toContain('CORS_ORIGINS=* must list the allowed origins');
    expect(service.output).toContain('JWT_SIGNING_KEYS (unset) must be set');
    expect(service.output).toContain('ENCRYPTION_KEYS (unset) must be set');
    expect(service.output).toContain('npm run keys');
    expect(service.output).toContain(
      'AERIE_LOGLEVEL is not a known variable; did you mean LOG_LEVEL?',
    );
    expect(service.output).not.toMatch(/\n\s+at /);
  });

  it.each(['/proc/aerie', '/dev/null/aerie', '/dev/null'])(
    'names a DATA_DIR that cannot be: %s',
    async (DATA_DIR) => {
      const service = services.start({ DATA_DIR });
      await service.said(/DATA_DIR cannot be used: /);
      expect(await service.exit).toBe(1);
    },
  );

  it('names the taken port and the process that holds it', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const { port } = holder.address() as { port: number };
    try {
      const service = services.start({ PORT: String(port) });
      expect(await service.exit).toBe(1);
      expect(service.output).toContain(`Port ${port} on 127.0.0.1 is taken by`);
      expect(service.output).toContain(`(${process.pid})`);
    } finally {
      holder.close();
    }
  });
});
