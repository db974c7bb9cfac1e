import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Config } from '#platform/config/config';
import { loadConfig } from '#platform/config/load-config';
import { durationMs } from '#platform/config/parsers';
import { settingsOf } from '#platform/config/setting.decorators';

interface Compose {
  services: Record<string, Service>;
}

interface Service {
  environment: Record<string, string | number | null>;
  stop_grace_period: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
}

const PRODUCTION = 'deploy/env/production.env.example';

const settings = settingsOf(Config);
const names = [...settings.keys()];
// of what is off unless it is configured
const optionalSecrets = new Set([
  'ALERT_WEBHOOK_SECRET',
  'ALERT_WEBHOOK_URL',
  'AUDIT_CHECKPOINT_WEBHOOK_SECRET',
  'AUDIT_CHECKPOINT_WEBHOOK_URL',
  'AUDIT_SIGNING_KEYS',
  'METRICS_TOKEN',
  'OIDC_CLIENT_SECRET',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'SLACK_WEBHOOK_URL',
  'SMTP_URL',
]);
const secrets = names.filter((name) => settings.get(name)!.secret);

const read = (path: string) => readFileSync(path, 'utf8');
const composeText = read('docker-compose.yml');
const { services } = parse(composeText, { merge: true }) as Compose;
const app = services['app']!;

describe.each(templates())('%s', (path) => {
  it('names every variable of the schema once, and no other', () => {
    const named = [...read(path).matchAll(/^(?:# )?([A-Z][A-Z\d_]*)=/gm)].map(([, name]) => name!);
    expect(named.toSorted()).toEqual(names.toSorted());
  });

  it('gives no secret a value', () => {
    const values = parseEnv(read(path));
    expect(secrets.filter((name) => values[name])).toEqual([]);
  });
});

describe('a template', () => {
  it.each(templates().filter((path) => path !== PRODUCTION))('starts as it is: %s', (path) => {
    expect(() => loadConfig({}, path)).not.toThrow();
  });
});

describe('the production template', () => {
  it('starts once its secrets are filled in', () => {
    expect(() => loadConfig(filledIn(), PRODUCTION)).not.toThrow();
  });

  it('does not start before its secrets are filled in', () => {
    expect(() => loadConfig({}, PRODUCTION)).toThrow(/DATABASE_URL[^]*JWT_SIGNING_KEYS/);
  });

  it('does not start on the documented examples', () => {
    const examples = Object.fromEntries(secrets.map((name) => [name, settings.get(name)!.example]));
    expect(() => loadConfig(examples, PRODUCTION)).toThrow(/documented example/);
  });
});

describe('docker-compose.yml', () => {
  it('hands every variable of the schema to the service, and no other', () => {
    expect(Object.keys(app.environment).toSorted()).toEqual(names.toSorted());
  });

  it('requires every secret that it cannot do without, and gives none a default', () => {
    for (const name of secrets) {
      if (optionalSecrets.has(name)) expect(app.environment[name]).toBeNull();
      else expect(app.environment[name]).toMatch(/\$\{\w+:\?[^}]+\}/);
    }
    const withDefault = [...composeText.matchAll(/\$\{(\w+):?-/g)].map(([, name]) => name!);
    expect(withDefault.filter((name) => /SECRET|PASSWORD|KEY|TOKEN|_URL/.test(name))).toEqual([]);
    expect(composeText).not.toMatch(/(PASSWORD|AUTH): (?!\$\{\w+:\?)/);
  });

  it('gives the service time to stop', () => {
    const { config } = loadConfig({ NODE_ENV: 'production', ...filledIn() }, '');
    expect(durationMs(app.stop_grace_period)).toBeGreaterThan(
      config.SHUTDOWN_GRACE_MS + config.SHUTDOWN_TIMEOUT_MS,
    );
  });

  it.each(Object.keys(services))('takes from %s what it does not need', (name) => {
    expect(services[name]).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
  });
});

describe('Dockerfile', () => {
  const stages = read('Dockerfile').split(/^(?=FROM )/m);
  const image = stages.at(-1)!;

  it('runs as a user without rights', () => {
    expect(image).toMatch(/^USER node$/m);
  });

  it('asks the service whether it lives, with what is in the image', () => {
    expect(image).toMatch(/^HEALTHCHECK [^]*?CMD \["node", .*\/health\/live/m);
  });

  it('starts node without a shell in between, so that it gets the signals', () => {
    expect(image).toMatch(/^CMD \["node", .*"dist\/service\/main\.js"\]$/m);
    expect(image).not.toMatch(/^ENTRYPOINT/m);
  });

  it('starts it with the options that npm start has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } };
    const [, command = ''] = /^CMD (.*)$/m.exec(image) ?? [];
    expect(scripts.start).toMatch(/--max-semi-space-size=\d+ /);
    expect(JSON.parse(command)).toEqual(expect.arrayContaining(scripts.start.split(' ')));
  });

  it('sets only variables of the schema', () => {
    const [, block = ''] = /^ENV ((?:.*\\\n)*.*)$/m.exec(image) ?? [];
    const set = [...block.matchAll(/(\w+)=/g)].map(([, name]) => name!);
    expect(set).toContain('NODE_ENV');
    expect(set.filter((name) => !settings.has(name))).toEqual([]);
  });

  it('is built from a context that has every script of the build', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: { build: string } };
    const needed = [...scripts.build.matchAll(/node (scripts\/\S+)/g)].map(([, path]) => path!);
    expect(needed).not.toHaveLength(0);
    for (const path of needed) expect(read('.dockerignore').split('\n')).toContain(`!${path}`);
  });

  it('has no code that looks for files from where it lies itself: that is elsewhere in the bundle', () => {
    const looking = sources().filter((path) => /new URL\([^)]*import\.meta/.test(read(path)));
    expect(looking).toEqual([]);
  });

  it('brings along every file that the built service reads outside dist', () => {
    const text = sources().map(read).join('\n');
    const outside = [...text.matchAll(/projectFile\('((?:src|prisma|package)[^']*)'/g)];
    expect(outside.length).toBeGreaterThan(2);
    for (const [, path] of outside) expect(image).toMatch(new RegExp(`^COPY ${path} `, 'm'));
  });
});

function templates(): string[] {
  const deployed = ['test', 'staging', 'production'];
  return [
    '.env.example',
    ...deployed.map((environment) => `deploy/env/${environment}.env.example`),
  ];
}

function sources(): string[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
    .map((path) => `src/${path}`);
}

function filledIn() {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    DATABASE_URL: 'postgres://aerie:secret@db.example:5432/aerie',
    JWT_SIGNING_KEYS: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    ENCRYPTION_KEYS: `a:${randomBytes(32).toString('base64')}`,
  };
}
