import 'reflect-metadata';
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { validateSync } from 'class-validator';
import { distance } from 'fastest-levenshtein';
import { StartFailure } from '../lifecycle/start-failure.js';
import { Config } from './config.js';
import { productionProblems } from './production-rules.js';
import { settingsOf, type EnvironmentName, type SettingOptions } from './setting.decorators.js';

export type ValueSource = 'default' | 'file' | 'environment';

export interface LoadedConfig {
  readonly config: Config;
  /** Where each value came from, by variable. */
  readonly sources: ReadonlyMap<string, ValueSource>;
}

/** Everything that is wrong with the environment, at once. */
export class InvalidConfiguration extends StartFailure {
  constructor(readonly problems: readonly string[]) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super(
      `Cannot start: ${count} in the configuration.\n\n${problems.map((p) => `  ${p}\n`).join('')}\n` +
        'Every variable is described in docs/configuration.md.',
    );
  }
}

/** Reads the `.env` file and the environment (which wins), or throws one error that lists every problem. */
export function loadConfig(
  environment: Readonly<Record<string, string | undefined>>,
  file = '.env',
): LoadedConfig {
  const fromFile: Record<string, string | undefined> = existsSync(file)
    ? parseEnv(readFileSync(file, 'utf8'))
    : {};
  const settings = settingsOf(Config);
  const text = (name: string) => environment[name] || fromFile[name] || undefined;
  const mode = (text('NODE_ENV') ?? 'development') as EnvironmentName;

  const values: Record<string, unknown> = {};
  const sources = new Map<string, ValueSource>();
  for (const [name, setting] of settings) {
    const raw = text(name);
    values[name] = raw === undefined ? defaultOf(setting, mode) : parse(setting, raw);
    sources.set(name, raw === undefined ? 'default' : environment[name] ? 'environment' : 'file');
  }

  const config = Object.assign(new Config(), values);
  const invalid = validateSync(config).map(({ property }) => {
    const setting = settings.get(property)!;
    return describe(property, setting, text(property), `must be ${setting.wanted}.`);
  });
  const problems = [
    ...invalid,
    ...contradictions(config),
    ...(config.NODE_ENV === 'production' ? productionProblems(config) : []),
    ...misspelt([...Object.keys(environment), ...Object.keys(fromFile)], [...settings.keys()]),
  ];
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  return { config: Object.freeze(config), sources };
}

/** What is of use only whole. */
const TOGETHER = [
  {
    names: ['ALERT_WEBHOOK_URL', 'ALERT_WEBHOOK_SECRET'],
    why: 'what is posted is signed',
  },
  { names: ['TLS_CERT_FILE', 'TLS_KEY_FILE'], why: 'TLS takes both files' },
  {
    names: ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_REDIRECT_URL'],
    why: 'an OpenID provider takes all four',
  },
  {
    names: ['AUDIT_CHECKPOINT_WEBHOOK_URL', 'AUDIT_CHECKPOINT_WEBHOOK_SECRET'],
    why: 'posts of checkpoints are signed',
  },
] as const;

function contradictions(config: Config): string[] {
  return [...halves(config), ...unreachable(config), ...foreignOrigins(config)];
}

function unreachable({ REDIS_REQUIRED, REDIS_URL }: Config): string[] {
  if (!REDIS_REQUIRED || REDIS_URL) return [];
  return ['REDIS_URL (unset) must be set as well: REDIS_REQUIRED waits for that Redis.'];
}

function halves(config: Config): string[] {
  return TOGETHER.flatMap(({ names, why }) => {
    const missing = names.filter((name) => !config[name]);
    if (missing.length === names.length) return [];
    return missing.map((name) => `${name} (unset) must be set as well: ${why}.`);
  });
}

/** Browsers refuse a passkey for a domain that is not the page's own or a parent of it. */
function foreignOrigins({ WEBAUTHN_RP_ID: domain, WEBAUTHN_ORIGINS: origins }: Config): string[] {
  const isBelow = (origin: string) => {
    const host = URL.canParse(origin) ? new URL(origin).hostname : '';
    return host === domain || host.endsWith(`.${domain}`);
  };
  const isSetUp = domain ? origins.length > 0 : origins.length === 0;
  return isSetUp && origins.every(isBelow)
    ? []
    : ['WEBAUTHN_ORIGINS must be origins of WEBAUTHN_RP_ID or below it; set both, or neither.'];
}

function defaultOf(setting: SettingOptions, mode: EnvironmentName): unknown {
  return typeof setting.default === 'function' ? setting.default(mode) : setting.default;
}

function parse(setting: SettingOptions, raw: string): unknown {
  // null, unlike undefined, is refused by every constraint, @IsOptional aside
  return setting.parse ? (setting.parse(raw) ?? Number.NaN) : raw;
}

function describe(name: string, setting: SettingOptions, raw: string | undefined, what: string) {
  const shown = raw === undefined ? `${name} (unset)` : setting.secret ? name : `${name}=${raw}`;
  return `${shown.slice(0, 80)} ${what}`;
}

const OWN_PREFIX = 'AERIE_';
// Kubernetes tells each pod of a Service named `aerie` by such variables
const SERVICE_LINK = /_SERVICE_(?:HOST|PORT)|_PORT(?:_\d{1,5}_|$)/;
const LONG_ENOUGH_TO_COMPARE = 6;

/** Names that are almost ours: a typo in DATABASE_URL must not start an empty embedded database. */
function misspelt(names: readonly string[], known: readonly string[]): string[] {
  const problems: string[] = [];
  for (const name of new Set(names)) {
    if (known.includes(name) || name.length < LONG_ENOUGH_TO_COMPARE) continue;
    if (SERVICE_LINK.test(name)) continue;
    const bare = name.startsWith(OWN_PREFIX) ? name.slice(OWN_PREFIX.length) : name;
    const nearest = known.reduce((best, candidate) =>
      distance(bare, candidate) < distance(bare, best) ? candidate : best,
    );
    const isNear = nearest.length >= LONG_ENOUGH_TO_COMPARE && distance(bare, nearest) <= 2;
    if (bare !== name || isNear) {
      problems.push(`${name} is not a known variable; did you mean ${nearest}?`);
    }
  }
  return problems;
}
