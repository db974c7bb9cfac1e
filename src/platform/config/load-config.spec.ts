import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Config } from './config.js';
import { EffectiveConfig } from './effective-config.js';
import { InvalidConfiguration, loadConfig } from './load-config.js';
import { settingsOf } from './setting.decorators.js';

const KEY = 'MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g'; // RFC 8032, test 1: not a secret
const ENCRYPTION_KEY = Buffer.alloc(32, 1).toString('base64');
const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://aerie:s3cret@db.internal:5432/aerie',
  JWT_SIGNING_KEYS: KEY,
  ENCRYPTION_KEYS: `a:${ENCRYPTION_KEY}`,
};

const PROVIDER = {
  OIDC_ISSUER: 'http://127.0.0.1:4000',
  OIDC_CLIENT_ID: 'aerie',
  OIDC_CLIENT_SECRET: 'a secret',
  OIDC_REDIRECT_URL: 'http://localhost:5173/signed-in',
};

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aerie-config-'));
  file = join(directory, '.env');
});
afterEach(() => rmSync(directory, { recursive: true }));

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment, file);
  } catch (error) {
    if (error instanceof InvalidConfiguration) return error.problems;
    throw error;
  }
  return [];
}

const at = (WEBAUTHN_RP_ID: string, WEBAUTHN_ORIGINS: string): Record<string, string> => ({
  WEBAUTHN_RP_ID,
  WEBAUTHN_ORIGINS,
});

/** What Kubernetes tells every pod beside a Service named `aerie`. */
const SERVICE_LINKS = {
  AERIE_SERVICE_HOST: '10.0.0.1',
  AERIE_SERVICE_PORT: '3000',
  AERIE_PORT: 'tcp://10.0.0.1:3000',
  AERIE_PORT_3000_TCP_ADDR: '10.0.0.1',
};

describe('the configuration', () => {
  it('needs nothing in development', () => {
    const { config } = loadConfig({}, file);
    expect(config).toMatchObject({ NODE_ENV: 'development', PORT: 3000, HOST: '127.0.0.1' });
    expect(config.RATE_LIMIT_AUTH).toEqual({ limit: 5, windowMs: 900_000 });
  });

  it('takes the environment over the file over the default, and knows which it was', () => {
    writeFileSync(
      file,
      'PORT=4000\nJWT_ISSUER="from the file"\nHOST=::1\n'.replace('"from the file"', 'file'),
    );
    const { config, sources } = loadConfig({ PORT: '5000' }, file);
    expect([config.PORT, config.JWT_ISSUER, config.DATA_DIR]).toEqual([5000, 'file', '.data']);
    expect(['PORT', 'JWT_ISSUER', 'DATA_DIR'].map((name) => sources.get(name))).toEqual([
      'environment',
      'file',
      'default',
    ]);
  });

  it('treats an empty value as unset', () => {
    expect(loadConfig({ PORT: '' }, file).config.PORT).toBe(3000);
  });

  it.each([
    ['PORT', ['-1', '65536', '3000x', '3e3', ' ']],
    ['TRUST_PROXY', ['yes', '-1', '99', '10.0.0.0/33', '300.0.0.1', '10.0.0.0/8/8']],
    [
      'CORS_ORIGINS',
      [
        'app.example.com',
        'https://a.example/',
        'ftp://a.example',
        'null',
        'https://*',
        'https://*.com',
        'http://*.a.example',
        'https://*.*.a.example',
        'https://x*.a.example',
        'https://*.a.example/',
      ],
    ],
    ['HTTPS_REDIRECT', ['yes', '1', 'TRUE']],
    ['CSP_CONNECT_SOURCES', ['*', "'unsafe-inline'", 'https://a.example; script-src *']],
    ['SLOWDOWN_AFTER', ['-1', 'x']],
    ['DATABASE_URL', ['mysql://a/b', 'postgres://host', 'embeded', 'localhost']],
    ['REDIS_URL', ['http://a', 'localhost:6379']],
    [
      'SMTP_URL',
      ['http://mail.example', 'mail.example:587', 'smtp://', 'smtp://a:100%@mail.example'],
    ],
    [
      'MAIL_FROM',
      ['Aerie', 'a@example.com, b@example.com', 'A <a@example.com>\r\nBcc: b@example.com', 'A <>'],
    ],
    ['APP_URL', ['app.example.com', 'ftp://a.example', 'https://a.example/?x=1', 'javascript:1']],
    ['JWT_SIGNING_KEYS', ['secret', `${KEY},secret`, Buffer.from(KEY).toString('base64')]],
    [
      'ENCRYPTION_KEYS',
      [
        'too short',
        `:${ENCRYPTION_KEY}`,
        `a b:${ENCRYPTION_KEY}`,
        `a.b:${ENCRYPTION_KEY}`,
        `a:${ENCRYPTION_KEY},a:${ENCRYPTION_KEY}`,
        `a:${Buffer.alloc(16).toString('base64')}`,
        `a:${Buffer.alloc(33).toString('base64')}`,
        'a:',
        ',',
      ],
    ],
    ['ACCOUNT_ERASURE_GRACE', ['30', '-1d', '366d', 'never']],
    ['JWT_ACCESS_TTL', ['15', '15 m', '0s', '2d', '1y']],
    [
      'RATE_LIMIT_API',
      ['100', '100/', '0/15m', '-1/15m', '100/0m', '3/500ms', '3/1500ms', 'x/15m', '100/15y'],
    ],
    ['ADMIN_EMAIL', ['admin', '@example.com']],
    ['ADMIN_PASSWORD', ['short']],
    ['OIDC_SCOPES', ['email', 'openid  email', 'openid,email', 'openid "email"']],
    ['NODE_ENV', ['prod', 'Production']],
    ['LOG_LEVEL', ['verbose', 'INFO']],
  ])('refuses a %s that is none', (name, values) => {
    for (const value of values) {
      const problems = problemsOf({ [name]: value });
      expect({ value, count: problems.length }).toEqual({ value, count: 1 });
      expect(problems[0]).toMatch(new RegExp(`^${name}\\b.* must be `, 's'));
    }
  });

  it.each([
    ['TRUST_PROXY', '2', 2],
    ['TRUST_PROXY', '10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
    ['JWT_ACCESS_TTL', '90s', 90_000],
    ['RATE_LIMIT_API', '30/min', { limit: 30, windowMs: 60_000 }],
    ['RATE_LIMIT_API', '10/h', { limit: 10, windowMs: 3_600_000 }],
    ['CORS_ORIGINS', 'https://*.a.example:8443', ['https://*.a.example:8443']],
    ['HTTPS_REDIRECT', 'true', true],
    ['APP_URL', 'https://a.example/app/', 'https://a.example/app'],
    [
      'CORS_ORIGINS',
      'https://a.example, http://localhost:5173',
      ['https://a.example', 'http://localhost:5173'],
    ],
  ] as const)('reads %s=%s', (name, text, value) => {
    expect(loadConfig({ [name]: text }, file).config[name]).toEqual(value);
  });

  it('takes a certificate with its key only', () => {
    const missing = { TLS_CERT_FILE: '/nowhere/tls.crt', TLS_KEY_FILE: '/nowhere/tls.key' };
    expect(problemsOf(missing)).toHaveLength(2);
    expect(problemsOf({ TLS_CERT_FILE: import.meta.filename })[0]).toMatch(/^TLS_KEY_FILE .*both/);
  });

  it('requires no Redis that it cannot know', () => {
    expect(problemsOf({ REDIS_REQUIRED: 'true' })).toEqual([
      expect.stringMatching(/^REDIS_URL .*REDIS_REQUIRED/),
    ]);
    expect(problemsOf({ REDIS_REQUIRED: 'true', REDIS_URL: 'redis://localhost' })).toEqual([]);
  });

  it('takes origins of passkeys on their domain only, by https in production', () => {
    expect(problemsOf(at('a.example', 'https://a.example,https://www.a.example:8443'))).toEqual([]);
    const foreignOnes: Record<string, string>[] = [
      at('a.example', 'https://b.example'),
      at('a.example', 'https://bada.example'),
      at('a.a.example', 'https://a.example'),
      { WEBAUTHN_RP_ID: 'a.example' },
      { WEBAUTHN_ORIGINS: 'https://a.example' },
      { ...PRODUCTION, WEBAUTHN_RP_ID: 'a.example' },
      { ...PRODUCTION, WEBAUTHN_ORIGINS: 'https://a.example' },
      { ...PRODUCTION, ...at('a.example', 'http://a.example') },
    ];
    for (const foreign of foreignOnes) {
      const problems = problemsOf(foreign);
      expect({ foreign, count: problems.length }).toEqual({ foreign, count: 1 });
      expect(problems[0]).toMatch(/^WEBAUTHN_ORIGINS must be/);
    }
    for (const origin of ['https://*.a.example', 'https://a.example/', '*', 'a.example']) {
      expect(problemsOf(at('a.example', origin))[0]).toMatch(/^WEBAUTHN_ORIGINS=/);
    }
    expect(problemsOf(at('https://a.example', 'https://a.example'))[0]).toMatch(/^WEBAUTHN_RP_ID=/);
    expect(problemsOf(PRODUCTION)).toEqual([]);
  });

  it('takes an OpenID provider whole or not at all', () => {
    expect(problemsOf({ OIDC_CLIENT_ID: 'aerie', OIDC_SCOPES: 'openid' })).toEqual([
      'OIDC_ISSUER (unset) must be set as well: an OpenID provider takes all four.',
      'OIDC_CLIENT_SECRET (unset) must be set as well: an OpenID provider takes all four.',
      'OIDC_REDIRECT_URL (unset) must be set as well: an OpenID provider takes all four.',
    ]);
    expect(problemsOf(PROVIDER)).toEqual([]);
    expect(problemsOf({ ...PRODUCTION, ...PROVIDER })).toEqual([
      'OIDC_ISSUER=http://127.0.0.1:4000 must be an https:// URL in production.',
      'OIDC_REDIRECT_URL=http://localhost:5173/signed-in must be an https:// URL in production.',
    ]);
  });

  it.each([
    'accounts.example.com',
    'http://accounts.example.com',
    'http://127.0.0.1.example.com',
    'https://user@accounts.example.com',
    'https://accounts.example.com?x=1',
    'https://accounts.example.com/#x',
    'ftp://localhost',
  ])('sends no secret to %s', (address) => {
    const problems = problemsOf({ ...PROVIDER, OIDC_ISSUER: address });
    expect(problems).toEqual([expect.stringMatching(/^OIDC_ISSUER=.* must be an https/)]);
  });

  it('names every problem at once', () => {
    expect(problemsOf({ PORT: 'x', LOG_LEVEL: 'x', REDIS_URL: 'x' })).toHaveLength(3);
  });

  it('never shows the value of a secret that is wrong', () => {
    expect(problemsOf({ ADMIN_PASSWORD: 'hunter2' })[0]).not.toContain('hunter2');
  });

  it('names the nearest real variable for a misspelt one', () => {
    expect(problemsOf({ DATABSE_URL: 'postgres://a/b' })).toEqual([
      'DATABSE_URL is not a known variable; did you mean DATABASE_URL?',
    ]);
    writeFileSync(file, 'JWT_ISUER=x\n');
    expect(problemsOf({})[0]).toContain('JWT_ISSUER');
  });

  it('leaves the variables of others alone', () => {
    const others = {
      HOSTNAME: 'x',
      PATH: '/',
      POSTGRES_PASSWORD: 'x',
      PORTS: '1',
      PGHOST: 'x',
      ...SERVICE_LINKS,
    };
    expect(problemsOf(others)).toEqual([]);
  });
});

describe('production', () => {
  it('starts on real values', () => {
    expect(problemsOf(PRODUCTION)).toEqual([]);
  });

  it.each([
    ['DATABASE_URL', ''],
    ['JWT_SIGNING_KEYS', ''],
    ['JWT_SIGNING_KEYS', 'MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f'],
    ['ENCRYPTION_KEYS', ''],
    ['ENCRYPTION_KEYS', '2026-01:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='],
    ['ENCRYPTION_KEYS', 'renamed:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='],
    ['DATABASE_URL', 'postgres://aerie:change-me@db.internal:5432/aerie'],
    ['ADMIN_PASSWORD', 'change-me-to-a-long-passphrase'],
    ['CORS_ORIGINS', '*'],
  ])('refuses %s=%s', (name, value) => {
    const problems = problemsOf({ ...PRODUCTION, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}`));
  });

  it('sends letters from a real address, with links to https pages', () => {
    const mail = { SMTP_URL: 'smtp://mail.internal' };
    const problems = problemsOf({ ...PRODUCTION, ...mail });
    expect(problems.map((problem) => problem.split(/[ =]/)[0])).toEqual(['MAIL_FROM', 'APP_URL']);
    const real = { MAIL_FROM: 'a@example.com', APP_URL: 'https://a.example' };
    expect(problemsOf({ ...PRODUCTION, ...mail, ...real })).toEqual([]);
  });

  it('runs embedded when told so in so many words', () => {
    expect(problemsOf({ ...PRODUCTION, DATABASE_URL: 'embedded' })).toEqual([]);
  });

  it('is described with every secret masked', () => {
    const text = JSON.stringify(new EffectiveConfig(loadConfig(PRODUCTION, file)).describe());
    expect(text).not.toContain('s3cret');
    expect(text).not.toContain(KEY);
    expect(text).not.toContain(ENCRYPTION_KEY);
    expect(text).toContain('postgres://[redacted]@db.internal:5432/aerie (environment)');
  });

  const secrets = [...settingsOf(Config)].filter(([, { secret }]) => secret);

  it.each(secrets)('shows nothing of %s, whatever it looks like', (name, { secret }) => {
    const { config, sources } = loadConfig({}, file);
    const shownOf = (value: string) => {
      const changed = Object.create(config, { [name]: { value } }) as Config;
      const { values } = new EffectiveConfig({ config: changed, sources });
      return values.find((one) => one.name === name)?.value;
    };
    if (secret === 'address') {
      expect(shownOf('redis://me:canary@host:1/2?password=canary')).toBe(
        'redis://[redacted]@host:1/2',
      );
      expect(shownOf('me:canary@host:port')).not.toContain('canary');
      return;
    }
    for (const look of ['canary', 'correct:canary', 'redis://canary', 'https://host/canary'])
      expect(shownOf(look)).toBe('[redacted]');
  });
});
