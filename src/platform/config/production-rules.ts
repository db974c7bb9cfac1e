import { Config, UNSENDABLE_FROM } from './config.js';
import { settingsOf } from './setting.decorators.js';

/** What is fine on a developer's machine and an incident in production. */
export function productionProblems(config: Config): string[] {
  const problems: string[] = [];
  if (!config.DATABASE_URL) {
    problems.push(
      'DATABASE_URL (unset) must name a PostgreSQL server in production. If the embedded database is really wanted, say DATABASE_URL=embedded.',
    );
  }
  if (Array.isArray(config.CORS_ORIGINS) && config.CORS_ORIGINS.includes('*')) {
    problems.push(
      'CORS_ORIGINS=* must list the allowed origins in production, for example https://app.example.com.',
    );
  }
  if (!config.JWT_SIGNING_KEYS) {
    problems.push(
      'JWT_SIGNING_KEYS (unset) must be set in production, which never makes its own. Make one with: npm run keys',
    );
  }
  if (!config.ENCRYPTION_KEYS) {
    problems.push(
      'ENCRYPTION_KEYS (unset) must be set in production, which never makes its own. Make one with: npm run keys:encryption',
    );
  }
  for (const name of ['OIDC_ISSUER', 'OIDC_REDIRECT_URL'] as const) {
    if (config[name]?.startsWith('http:')) {
      problems.push(`${name}=${config[name]} must be an https:// URL in production.`);
    }
  }
  if (config.WEBAUTHN_ORIGINS.some((origin) => !origin.startsWith('https:'))) {
    problems.push('WEBAUTHN_ORIGINS must be https origins in production.');
  }
  return [...problems, ...mailProblems(config), ...documentedSecrets(config)];
}

function mailProblems({ SMTP_URL, MAIL_FROM, APP_URL }: Config): string[] {
  const problems: string[] = [];
  if (!SMTP_URL) return problems;
  if (MAIL_FROM === UNSENDABLE_FROM) {
    problems.push('MAIL_FROM (unset) must be set in production when SMTP_URL is.');
  }
  if (!APP_URL.startsWith('https://')) {
    problems.push(
      `APP_URL=${APP_URL} must be an https:// URL in production when SMTP_URL is set: letters lead there, some with a secret in the link.`,
    );
  }
  return problems;
}

/** A secret that stands in the documentation is no secret. */
function documentedSecrets(config: Config): string[] {
  return [...settingsOf(Config)]
    .filter(([name, { secret, example }]) => {
      const value = config[name as keyof Config];
      // a key under another id is the same key
      return (
        secret && example && [value].flat().some((text) => secretOf(text) === secretOf(example))
      );
    })
    .map(([name]) => `${name} must not be the documented example in production.`);
}

function secretOf(value: unknown): string {
  return String(value).replace(/^[\w-]{1,32}:(?!\/\/)/, '');
}
