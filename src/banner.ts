import type { UnseenPassword } from '#features/users/first-administrator';
import type { Config } from '#platform/config/config';
import type { Rate } from '#platform/config/parsers';
import { version } from '#platform/config/version';
import type { Engine } from '#platform/database/engine';
import type { RedisConnection } from '#platform/redis/redis-connection';

/** Where values begin. */
const INDENT = 16;

interface Started {
  readonly address: string;
  readonly config: Config;
  readonly engine: Engine;
  readonly redis: Pick<RedisConnection, 'state'>;
  readonly unseenPassword: UnseenPassword | null;
}

/** What a developer wants to know first: where it is, what it stands on, what is off and why. */
export function banner({ address, config, engine, redis, unseenPassword }: Started): string {
  const rows: [string, string][] = [
    ['address', address],
    ['docs', `${address}/docs`],
    ['console', `${address}/console`],
    ['health', `${address}/health`],
    ['database', engine.description],
    ['letters', letters(config)],
    ['cache', cache(config)],
    ['limits', limits(config, redis)],
    ['guard', guard(config)],
    ['off', off(config)],
  ];
  if (unseenPassword) {
    rows.push(
      ['administrator', unseenPassword.email],
      ['password', `${unseenPassword.password}   (shown this once)`],
    );
  }
  const lines = rows.map(([name, value]) => `  ${name}`.padEnd(INDENT) + value);
  return `\n  Aerie ${version} is ready (${config.NODE_ENV})\n\n${lines.join('\n')}\n\n`;
}

function letters({ SMTP_URL, DATA_DIR }: Config): string {
  if (!SMTP_URL) return `files in ${DATA_DIR}/outbox (SMTP_URL is unset)`;
  return `by ${new URL(SMTP_URL).host}`;
}

function cache({ CACHE_MAX_BYTES: bytes, REDIS_URL }: Config): string {
  if (bytes === 0) return 'off (CACHE_MAX_BYTES is 0)';
  const memory = `up to ${Math.ceil(bytes / 1_048_576)} MB of answers in memory`;
  return REDIS_URL ? `${memory}, and encrypted in Redis` : memory;
}

const COUNTED = {
  memory: 'counted in memory',
  redis: 'counted in Redis',
  degraded: 'counted in memory until Redis answers',
} as const;

function limits(config: Config, redis: Started['redis']): string {
  const where = COUNTED[redis.state];
  return `api ${show(config.RATE_LIMIT_API)}, auth ${show(config.RATE_LIMIT_AUTH)} per address, ${where}`;
}

function show({ limit, windowMs }: Rate): string {
  return `${limit} in ${windowMs / 60_000} min`;
}

function guard({ GUARD_MODE: mode }: Config): string {
  if (mode === 'off') return 'off (GUARD_MODE)';
  return mode === 'block' ? 'suspicious input is refused' : 'suspicious input is reported';
}

function off(config: Config): string {
  const { ALERT_EMAIL, ALERT_WEBHOOK_URL, SLACK_WEBHOOK_URL } = config;
  const tellsOfAlerts = ALERT_EMAIL.length > 0 || ALERT_WEBHOOK_URL || SLACK_WEBHOOK_URL;
  const reasons = [
    !config.REDIS_URL && 'Redis (REDIS_URL is unset)',
    config.CORS_ORIGINS.length === 0 && 'cross-origin calls (CORS_ORIGINS is unset)',
    config.NODE_ENV !== 'production' && 'HSTS (only in production)',
    !config.OIDC_ISSUER && 'signing in by a provider (OIDC_ISSUER is unset)',
    !tellsOfAlerts && 'news of alerts (ALERT_EMAIL and webhooks are unset)',
    !config.OTEL_EXPORTER_OTLP_ENDPOINT && 'traces (OTEL_EXPORTER_OTLP_ENDPOINT is unset)',
  ].filter(Boolean);
  return reasons.join(`,\n${' '.repeat(INDENT)}`) || 'nothing';
}
