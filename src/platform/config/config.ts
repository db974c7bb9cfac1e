import {
  IsBoolean,
  Matches,
  IsIn,
  IsNumber,
  IsOptional,
  IsString,
  Max,
  Min,
  MinLength,
  Validate,
} from 'class-validator';
import {
  AddressRanges,
  DatabaseAddress,
  EmailAddress,
  Mailbox,
  MailServerAddress,
  ExactOrigins,
  OpenIdScopes,
  EncryptionKeys,
  Origins,
  PagesAddress,
  ProxyList,
  ReadableFile,
  RedisAddress,
  SafeAddress,
  SigningKeys,
  WebhookAddress,
} from './constraints.js';
import {
  list,
  namedKeys,
  proxies,
  rate,
  withoutTrailingSlash,
  yesOrNo,
  type Rate,
} from './parsers.js';
import { LEVELS, type LevelName } from '../logging/level-names.js';
import { Setting, type EnvironmentName } from './setting.decorators.js';
import { Duration, RequestRate, Size, WholeNumber } from './setting-kinds.decorators.js';

const RATE_LIMITS = 'Rate limits';
const DATABASE = 'Database';
const MAIL = 'Mail';
const SERVER = 'Server';
const LOGS = 'Logs';
const GUARD = 'Request guard';
const TOKENS = 'Tokens and passwords';
const PASSKEYS = 'Passkeys';
const PROVIDER = 'Sign-in with an OpenID provider';
const HTTPS = 'HTTPS and headers';
const LOAD = 'Load';
const PERSONAL_DATA = 'Personal data';
const WATCHING = 'Metrics and alerts';
const TRACING = 'Tracing';
const AUDIT = 'Audit trail';

/** No server takes it: production asks for another. */
export const UNSENDABLE_FROM = 'Aerie <no-reply@localhost.test>';

/** Staging rehearses production. */
function isDeployed(environment: EnvironmentName): boolean {
  return environment === 'production' || environment === 'staging';
}

/**
 * Every environment variable, declared once: name, type, default and why. `.env.example`,
 * `docs/configuration.md` and the templates in `deploy/` are written from this class.
 */
export class Config {
  @Setting({
    section: SERVER,
    why: 'Which defaults apply. Production refuses to start on development secrets.',
    wanted: 'development, test, staging or production',
    default: 'development',
  })
  @IsIn(['development', 'test', 'staging', 'production'])
  readonly NODE_ENV: EnvironmentName;

  @Setting({
    section: SERVER,
    why: 'Address to listen on; 0.0.0.0 or :: for all interfaces, as in a container.',
    wanted: 'an IP address or a host name',
    default: '127.0.0.1',
  })
  @Matches(/^[\w.:%-]+$/)
  readonly HOST: string;

  @WholeNumber({
    section: SERVER,
    why: 'Port to listen on; 0 takes a free one.',
    from: 0,
    to: 65_535,
    default: 3000,
  })
  readonly PORT: number;

  @Setting({
    section: SERVER,
    why: 'Which proxies may say who the client is (X-Forwarded-For). 0 trusts none.',
    wanted: 'a number of hops, or addresses and CIDR ranges such as 10.0.0.0/8',
    default: 0,
    parse: proxies,
  })
  @Validate(ProxyList)
  readonly TRUST_PROXY: number | string[];

  @Setting({
    section: SERVER,
    why: 'Origins whose pages may call the API from a browser, exact or with any subdomain. Empty allows none but its own.',
    wanted:
      'a comma-separated list of origins such as https://app.example.com or https://*.example.com',
    default: [],
    parse: list,
    example: 'https://app.example.com',
  })
  @Validate(Origins)
  readonly CORS_ORIGINS: string[];

  @WholeNumber({
    section: SERVER,
    why: 'How long a request may take to arrive whole. Up to a quarter more may pass before it is cut off.',
    unit: 'milliseconds',
    from: 500,
    to: 3_600_000,
    default: 20_000,
  })
  readonly REQUEST_TIMEOUT_MS: number;

  @WholeNumber({
    section: SERVER,
    why: 'How big a file may be that is sent in, where a route does not say less. It may take as long as 32 KB a second take.',
    unit: 'bytes',
    from: 1_024,
    to: 5_000_000_000,
    default: 52_428_800,
  })
  readonly UPLOAD_LIMIT_BYTES: number;

  @WholeNumber({
    section: SERVER,
    why: 'How long after a request has arrived its answer begins at the latest: 503 when the database takes longer.',
    unit: 'milliseconds',
    from: 100,
    to: 600_000,
    default: 10_000,
  })
  readonly REQUEST_DEADLINE_MS: number;

  @Setting({
    section: SERVER,
    why: 'Where the embedded database and the development secrets are kept.',
    wanted: 'a folder',
    default: '.data',
  })
  @IsString()
  readonly DATA_DIR: string;

  @WholeNumber({
    section: SERVER,
    why: 'How long readiness has been false before connections are refused at a stop.',
    unit: 'milliseconds',
    from: 0,
    to: 600_000,
    default: (environment) => (isDeployed(environment) ? 5_000 : 1_000),
  })
  readonly SHUTDOWN_GRACE_MS: number;

  @WholeNumber({
    section: SERVER,
    why: 'How long requests in flight may take to finish at a stop before they are cut off.',
    unit: 'milliseconds',
    from: 100,
    to: 600_000,
    default: 25_000,
  })
  readonly SHUTDOWN_TIMEOUT_MS: number;

  @Setting({
    section: LOGS,
    why: 'The least important lines that are still logged.',
    wanted: 'error, warn, info or debug',
    default: (environment) => (environment === 'test' ? 'warn' : 'info'),
  })
  @IsIn(LEVELS)
  readonly LOG_LEVEL: LevelName;

  @Setting({
    section: LOGS,
    why: 'Where log files are kept, beside standard output, which goes on. Unset writes none. See docs/logging.md.',
    wanted: 'a folder',
    example: '/var/log/aerie',
  })
  @IsOptional()
  @IsString()
  readonly LOG_DIR?: string;

  @Size({
    section: LOGS,
    why: 'The size at which the next log file is begun; one is also begun every day.',
    from: '1k',
    to: '1g',
    like: '10m',
    default: 10 * 1_048_576,
  })
  readonly LOG_FILE_SIZE: number;

  @WholeNumber({
    section: LOGS,
    why: 'Most files of each kind (combined, error, http, security) that are kept.',
    from: 2,
    to: 1_000,
    default: 5,
  })
  readonly LOG_FILE_COUNT: number;

  @WholeNumber({
    section: LOGS,
    why: 'A request that takes longer is logged at performance level.',
    unit: 'milliseconds',
    from: 1,
    to: 3_600_000,
    default: 1_000,
  })
  readonly SLOW_REQUEST_MS: number;

  @WholeNumber({
    section: LOGS,
    why: 'A database query that takes longer is logged at performance level, as SQL without its values.',
    unit: 'milliseconds',
    from: 1,
    to: 3_600_000,
    default: 500,
  })
  readonly SLOW_QUERY_MS: number;

  @Setting({
    section: HTTPS,
    why: 'Sends on to https what a trusted proxy says came over plain http, probes excepted.',
    wanted: 'true or false',
    default: isDeployed,
    parse: yesOrNo,
  })
  @IsBoolean()
  readonly HTTPS_REDIRECT: boolean;

  @Setting({
    section: HTTPS,
    why: 'Certificate chain (PEM) to serve https without a proxy; with TLS_KEY_FILE.',
    wanted: 'a file that can be read',
    example: '/run/secrets/tls.crt',
  })
  @IsOptional()
  @Validate(ReadableFile)
  readonly TLS_CERT_FILE?: string;

  @Setting({
    section: HTTPS,
    why: 'Private key (PEM) of TLS_CERT_FILE.',
    wanted: 'a file that can be read',
    example: '/run/secrets/tls.key',
  })
  @IsOptional()
  @Validate(ReadableFile)
  readonly TLS_KEY_FILE?: string;

  @Setting({
    section: HTTPS,
    why: 'Sources beyond its own that pages may connect to and play, such as the servers of a call (WebRTC signalling, media).',
    wanted: 'a comma-separated list of sources such as wss://media.example.com',
    default: [],
    parse: list,
    example: 'wss://media.example.com',
  })
  @Matches(/^(https?|wss?|stuns?|turns?):(\/\/)?[\w*.-]+(:\d{1,5})?$/, { each: true })
  readonly CSP_CONNECT_SOURCES: string[];

  @Setting({
    section: DATABASE,
    why: 'PostgreSQL server. Unset or "embedded" runs PGlite in DATA_DIR; production must say which.',
    wanted: 'a postgres:// or postgresql:// URL with a database name, or "embedded"',
    default: (environment) => (environment === 'production' ? undefined : 'embedded'),
    example: 'postgres://aerie:change-me@db.internal:5432/aerie',
    secret: 'address',
  })
  @IsOptional()
  @Validate(DatabaseAddress)
  readonly DATABASE_URL?: string;

  @WholeNumber({
    section: DATABASE,
    why: 'Most connections that one process opens; one of them asks for signs of life.',
    from: 2,
    to: 1_000,
    default: 20,
  })
  readonly DB_POOL_MAX: number;

  @WholeNumber({
    section: DATABASE,
    why: 'Connections that stay open when idle.',
    from: 0,
    to: 1_000,
    default: 5,
  })
  readonly DB_POOL_MIN: number;

  @WholeNumber({
    section: DATABASE,
    why: 'How long a connection above DB_POOL_MIN may idle before it is closed.',
    unit: 'milliseconds',
    from: 0,
    to: 3_600_000,
    default: 30_000,
  })
  readonly DB_POOL_IDLE_MS: number;

  @WholeNumber({
    section: DATABASE,
    why: 'How long opening one connection may take.',
    unit: 'milliseconds',
    from: 100,
    to: 120_000,
    default: 10_000,
  })
  readonly DB_CONNECT_TIMEOUT_MS: number;

  @WholeNumber({
    section: DATABASE,
    why: 'How long one repository call may take, retries included, before the request is answered 503.',
    unit: 'milliseconds',
    from: 50,
    to: 120_000,
    default: 5_000,
  })
  readonly DB_CALL_TIMEOUT_MS: number;

  @WholeNumber({
    section: DATABASE,
    why: 'How long the server may say nothing at all, though asked, before those who wait for it are answered 503.',
    unit: 'milliseconds',
    from: 50,
    to: 60_000,
    default: 800,
  })
  readonly DB_SILENCE_TIMEOUT_MS: number;

  @WholeNumber({
    section: DATABASE,
    why: 'When the server itself ends a statement, migrations excepted.',
    unit: 'milliseconds',
    from: 100,
    to: 3_600_000,
    default: 30_000,
  })
  readonly DB_STATEMENT_TIMEOUT_MS: number;

  @WholeNumber({
    section: DATABASE,
    why: 'How much one query may ask for: rows times what is included with each, and the values in its lists.',
    from: 1,
    to: 100_000,
    default: 1_000,
  })
  readonly DB_QUERY_COMPLEXITY_MAX: number;

  @Setting({
    section: 'Redis',
    why: 'Redis for limits, blocks and cached answers that hold across processes. Unset keeps them in the memory of each.',
    wanted: 'a redis:// or rediss:// URL',
    example: 'redis://:change-me@redis.internal:6379',
    secret: 'address',
  })
  @IsOptional()
  @Validate(RedisAddress)
  readonly REDIS_URL?: string;

  @Setting({
    section: 'Redis',
    why: 'Whether a process that cannot reach Redis leaves the traffic to others: /health/ready answers 503. Otherwise it goes on, with limits, blocks and cached answers of its own.',
    wanted: 'true or false',
    default: false,
    parse: yesOrNo,
  })
  @IsBoolean()
  readonly REDIS_REQUIRED: boolean;

  @WholeNumber({
    section: 'Cache',
    why: 'How much memory cached answers may take; 0 keeps none.',
    unit: 'bytes',
    from: 0,
    to: 4_294_967_296,
    default: 33_554_432,
  })
  readonly CACHE_MAX_BYTES: number;

  @Setting({
    section: MAIL,
    why: 'The mail server. Unset lays letters down as files in DATA_DIR/outbox. In production it must speak TLS, unless it is this machine or the URL ends in ?tls=none.',
    wanted: 'an smtp:// or smtps:// URL, special characters in user and password percent-encoded',
    example: 'smtps://aerie:change-me@mail.internal',
    secret: 'address',
  })
  @IsOptional()
  @Validate(MailServerAddress)
  readonly SMTP_URL?: string;

  @Setting({
    section: MAIL,
    why: 'Whom letters say they are from.',
    wanted: 'an address, or a name and an address such as Aerie <no-reply@example.com>',
    default: UNSENDABLE_FROM,
    example: 'Aerie <no-reply@example.com>',
  })
  @Validate(Mailbox)
  readonly MAIL_FROM: string;

  @Setting({
    section: MAIL,
    why: 'Where the pages for people are; links in letters lead there.',
    wanted: 'an http:// or https:// URL without query and fragment',
    default: 'http://localhost:3000',
    parse: withoutTrailingSlash,
    example: 'https://app.example.com',
  })
  @Validate(PagesAddress)
  readonly APP_URL: string;

  @Setting({
    section: TOKENS,
    why: 'Ed25519 private keys (base64 PKCS#8, comma-separated). The first signs, all verify. Made by `npm run keys`; development keeps its own in DATA_DIR.',
    wanted: 'one or more Ed25519 keys as printed by `npm run keys`',
    parse: list,
    secret: true,
    example: 'MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f',
  })
  @IsOptional()
  @Validate(SigningKeys)
  readonly JWT_SIGNING_KEYS?: string[];

  @Setting({
    section: TOKENS,
    why: 'Who the tokens say they are from (iss).',
    wanted: 'a name or a URL',
    default: 'aerie',
  })
  @Matches(/^[\x21-\x7e]{1,200}$/)
  readonly JWT_ISSUER: string;

  @Setting({
    section: TOKENS,
    why: 'Who the access tokens are for (aud).',
    wanted: 'a name or a URL',
    default: 'aerie-api',
  })
  @Matches(/^[\x21-\x7e]{1,200}$/)
  readonly JWT_AUDIENCE: string;

  @Duration({
    section: TOKENS,
    why: 'How long an access token is good for.',
    from: '1s',
    to: '1d',
    like: '15m',
    default: 900_000,
  })
  readonly JWT_ACCESS_TTL: number;

  @Duration({
    section: TOKENS,
    why: 'How long a sign-in lasts, however often it is refreshed.',
    from: '1m',
    to: '365d',
    like: '30d',
    default: 30 * 86_400_000,
  })
  readonly JWT_REFRESH_TTL: number;

  @WholeNumber({
    section: TOKENS,
    why: 'Memory per password hash (argon2id m).',
    unit: 'kibibytes',
    from: 8_192,
    to: 1_048_576,
    default: 19_456,
  })
  readonly PASSWORD_HASH_MEMORY_KIB: number;

  @WholeNumber({
    section: TOKENS,
    why: 'Passes per password hash (argon2id t).',
    from: 2,
    to: 20,
    default: 2,
  })
  readonly PASSWORD_HASH_PASSES: number;

  @WholeNumber({
    section: TOKENS,
    why: 'Wrong passwords or codes in a row from which on the next has to wait, a second and each time twice as long. An address gets twenty times as many.',
    from: 1,
    to: 1_000_000,
    default: 6,
  })
  readonly SIGN_IN_DELAY_AFTER: number;

  @Setting({
    section: TOKENS,
    why: 'Address of the first administrator, made when there is none.',
    wanted: 'an e-mail address',
    default: 'admin@localhost.test',
  })
  @Validate(EmailAddress)
  readonly ADMIN_EMAIL: string;

  @Setting({
    section: TOKENS,
    why: 'Password of the first administrator. Unset makes a random one in development, shown once; staging and production make no administrator without it.',
    wanted: 'at least 12 characters',
    secret: true,
    example: 'change-me-to-a-long-passphrase',
  })
  @IsOptional()
  @Matches(/^[\s\S]{12,128}$/)
  readonly ADMIN_PASSWORD?: string;

  @Setting({
    section: PASSKEYS,
    why: 'The domain that passkeys are made for: the host of the pages, or a parent domain of it. They are lost when it changes. Staging and production have no passkeys without it.',
    wanted: 'a domain such as example.com',
    default: (environment) => (isDeployed(environment) ? undefined : 'localhost'),
    example: 'example.com',
  })
  @IsOptional()
  @Matches(/^[a-z\d](?:[a-z\d.-]{0,251}[a-z\d])?$/)
  readonly WEBAUTHN_RP_ID?: string;

  @Setting({
    section: PASSKEYS,
    why: 'Origins of the pages that may use passkeys, on WEBAUTHN_RP_ID or below it.',
    wanted: 'a comma-separated list of origins such as https://app.example.com',
    default: (environment) => (isDeployed(environment) ? [] : ['http://localhost:3000']),
    parse: list,
    example: 'https://app.example.com',
  })
  @Validate(ExactOrigins)
  readonly WEBAUTHN_ORIGINS: string[];

  @Setting({
    section: PROVIDER,
    why: 'The OpenID provider that accounts may sign in with, as it names itself. Unset switches /v1/auth/oidc off.',
    wanted: 'an https:// URL without query, or an http:// one on this very machine',
    example: 'https://accounts.example.com',
  })
  @IsOptional()
  @Validate(SafeAddress)
  readonly OIDC_ISSUER?: string;

  @Setting({
    section: PROVIDER,
    why: 'What the provider calls this service.',
    wanted: 'printable characters',
    example: 'aerie',
  })
  @IsOptional()
  @Matches(/^[\x20-\x7e]{1,500}$/)
  readonly OIDC_CLIENT_ID?: string;

  @Setting({
    section: PROVIDER,
    why: 'What the provider knows this service by.',
    wanted: 'printable characters',
    secret: true,
    example: 'change-me-to-the-secret-of-the-provider',
  })
  @IsOptional()
  @Matches(/^[\x20-\x7e]{1,1000}$/)
  readonly OIDC_CLIENT_SECRET?: string;

  @Setting({
    section: PROVIDER,
    why: 'The page that the provider sends the browser back to. It posts what it was given to /v1/auth/oidc/callback; see docs/openid-connect.md.',
    wanted: 'an https:// URL without query, or an http:// one on this very machine',
    example: 'https://app.example.com/signed-in',
  })
  @IsOptional()
  @Validate(SafeAddress)
  readonly OIDC_REDIRECT_URL?: string;

  @Setting({
    section: PROVIDER,
    why: 'What the provider is asked to tell. Without email nobody can be registered.',
    wanted: 'words with a blank between them, openid among them',
    default: 'openid email profile',
  })
  @Validate(OpenIdScopes)
  readonly OIDC_SCOPES: string;

  @RequestRate({
    section: RATE_LIMITS,
    why: 'Routes that take credentials, per address.',
    default: rate('5/15m'),
  })
  readonly RATE_LIMIT_AUTH: Rate;

  @RequestRate({
    section: RATE_LIMITS,
    why: 'Every route with no tier of its own, per address.',
    default: rate('100/15m'),
  })
  readonly RATE_LIMIT_API: Rate;

  @RequestRate({
    section: RATE_LIMITS,
    why: 'Pages and their files, per address.',
    default: rate('500/5m'),
  })
  readonly RATE_LIMIT_STATIC: Rate;

  @RequestRate({
    section: RATE_LIMITS,
    why: 'Sign-ins to one account, from whatever address; in addition to RATE_LIMIT_AUTH.',
    default: rate('6/15m'),
  })
  readonly RATE_LIMIT_LOGIN: Rate;

  @RequestRate({
    section: RATE_LIMITS,
    why: 'What operators change, export and verify, per user.',
    default: rate('50/15m'),
  })
  readonly RATE_LIMIT_ADMIN: Rate;

  @RequestRate({
    section: RATE_LIMITS,
    why: 'Searches, per user.',
    default: rate('30/1m'),
  })
  readonly RATE_LIMIT_SEARCH: Rate;

  @RequestRate({
    section: RATE_LIMITS,
    why: 'Files sent in, per user.',
    default: rate('10/1h'),
  })
  readonly RATE_LIMIT_UPLOADS: Rate;

  @RequestRate({
    section: RATE_LIMITS,
    why: 'Payments, per user.',
    default: rate('10/1m'),
  })
  readonly RATE_LIMIT_PAYMENTS: Rate;

  @RequestRate({
    section: RATE_LIMITS,
    why: 'Calls from other services, per address.',
    default: rate('1000/1m'),
  })
  readonly RATE_LIMIT_WEBHOOKS: Rate;

  @RequestRate({
    section: RATE_LIMITS,
    why: 'Actions over a socket, per user.',
    default: rate('30/1m'),
  })
  readonly RATE_LIMIT_REALTIME: Rate;

  @RequestRate({
    section: RATE_LIMITS,
    why: 'All signed-in calls of the members of a tenant together; in addition to their own.',
    default: rate('1000/15m'),
  })
  readonly RATE_LIMIT_TENANT: Rate;

  @WholeNumber({
    section: RATE_LIMITS,
    why: 'Requests of a window that are answered at once; each further one waits 100 ms more, up to 2 s. 0 never slows.',
    from: 0,
    to: 1_000_000_000,
    default: 50,
  })
  readonly SLOWDOWN_AFTER: number;

  @WholeNumber({
    section: LOAD,
    why: 'How late each turn of the event loop may typically be, counting a third of what the first in line waits for its turn, before fewer requests at once are let in, and the others refused with 503. 0 lets in all.',
    unit: 'milliseconds',
    from: 0,
    to: 60_000,
    default: 40,
  })
  readonly LOAD_TARGET_EVENT_LOOP_DELAY_MS: number;

  @WholeNumber({
    section: LOAD,
    why: 'How long calls may wait for their turn at the database, for half a second and more, before fewer requests at once are let in, for their route or at all, and the others refused with 503. 0 lets in all.',
    unit: 'milliseconds',
    from: 0,
    to: 60_000,
    default: 250,
  })
  readonly LOAD_TARGET_DATABASE_DELAY_MS: number;

  @WholeNumber({
    section: LOAD,
    why: 'How late each turn of the event loop may be, counting a third of what the first in line waits for its turn, before new requests are refused with 503.',
    unit: 'milliseconds',
    from: 50,
    to: 60_000,
    default: 1_000,
  })
  readonly LOAD_MAX_EVENT_LOOP_DELAY_MS: number;

  @WholeNumber({
    section: LOAD,
    why: 'Memory of the process (RSS) above which new requests are refused with 503. 0 takes nine tenths of the container’s limit, if it has one.',
    unit: 'megabytes',
    from: 0,
    to: 10_000_000,
    default: 0,
  })
  readonly LOAD_MAX_RSS_MB: number;

  @Setting({
    section: GUARD,
    why: 'What happens to input that looks like an attack: refused, only reported, or nothing at all.',
    wanted: 'block, report or off',
    default: 'block',
  })
  @IsIn(['block', 'report', 'off'])
  readonly GUARD_MODE: 'block' | 'report' | 'off';

  @WholeNumber({
    section: GUARD,
    why: 'The score of one text at which its request is refused.',
    from: 1,
    to: 1_000,
    default: 8,
  })
  readonly GUARD_BLOCK_SCORE: number;

  @WholeNumber({
    section: GUARD,
    why: 'The score of one text at which it is recorded as suspicious.',
    from: 1,
    to: 1_000,
    default: 3,
  })
  readonly GUARD_REPORT_SCORE: number;

  @WholeNumber({
    section: GUARD,
    why: 'The score that a client may collect in ten minutes before it is refused for a while.',
    from: 1,
    to: 100_000,
    default: 50,
  })
  readonly GUARD_CLIENT_SCORE: number;

  @Duration({
    section: GUARD,
    why: 'How long such a client is refused.',
    from: '1s',
    to: '30d',
    like: '15m',
    default: 900_000,
  })
  readonly GUARD_CLIENT_BLOCK: number;

  @Setting({
    section: PERSONAL_DATA,
    why: 'AES-256 keys of the encrypted columns (id:base64, comma-separated). The first encrypts, all decrypt. Made by `npm run keys:encryption`; development keeps its own in DATA_DIR.',
    wanted:
      'one or more keys of 32 bytes, each under an id of its own, as printed by `npm run keys:encryption`',
    parse: namedKeys,
    secret: true,
    example: '2026-01:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  })
  @IsOptional()
  @Validate(EncryptionKeys)
  readonly ENCRYPTION_KEYS?: string[];

  @Duration({
    section: PERSONAL_DATA,
    why: 'How long a deleted account can be had back, by signing in, before it is erased for good.',
    from: '0d',
    to: '365d',
    like: '30d',
    default: 30 * 86_400_000,
  })
  readonly ACCOUNT_ERASURE_GRACE: number;

  @Setting({
    section: WATCHING,
    why: 'What a scraper shows to read /metrics and /health/detailed (Authorization: Bearer …). Unset lets in nobody by token.',
    wanted: 'at least 24 characters out of letters, digits and -._~+/=',
    secret: true,
    example: 'change-me-to-a-long-random-word',
  })
  @IsOptional()
  @Matches(/^[\w.~+/=-]{24,512}$/)
  readonly METRICS_TOKEN?: string;

  @Setting({
    section: WATCHING,
    why: 'Addresses from which /metrics and /health/detailed may be read without a token, on a connection of their own: what comes through a proxy needs the token.',
    wanted: 'a comma-separated list of addresses and CIDR ranges such as 10.0.0.0/8',
    default: (environment) => (environment === 'development' ? ['127.0.0.0/8', '::1'] : []),
    parse: list,
    example: '10.0.0.0/8',
  })
  @Validate(AddressRanges)
  readonly METRICS_ALLOW: string[];

  @Setting({
    section: WATCHING,
    why: 'What this process is called in alerts. It should outlive a restart; unset takes the host name.',
    wanted: 'a name of letters, digits and ._:-',
    example: 'aerie-1',
  })
  @IsOptional()
  @Matches(/^[\w.:-]{1,100}$/)
  readonly INSTANCE_NAME?: string;

  @WholeNumber({
    section: WATCHING,
    why: 'Used memory, of the limit that would end the process, above which an alert is raised. Administrators may change this and other rules at run time.',
    from: 1,
    to: 100,
    default: 80,
  })
  readonly ALERT_MEMORY_PERCENT: number;

  @WholeNumber({
    section: WATCHING,
    why: 'Used processor time, of all processors that the process may use, above which an alert is raised.',
    from: 1,
    to: 100,
    default: 80,
  })
  readonly ALERT_CPU_PERCENT: number;

  @WholeNumber({
    section: WATCHING,
    why: 'Share of requests that end in a 5xx above which an alert is raised, once there are twenty a minute.',
    from: 1,
    to: 100,
    default: 5,
  })
  readonly ALERT_ERROR_PERCENT: number;

  @WholeNumber({
    section: WATCHING,
    why: 'How long the slowest twentieth of the requests of a minute may take (p95) before an alert is raised.',
    unit: 'milliseconds',
    from: 1,
    to: 120_000,
    default: 5_000,
  })
  readonly ALERT_RESPONSE_TIME_MS: number;

  @Duration({
    section: WATCHING,
    why: 'How long an alert that is over may come back without being told again, unless it is worse.',
    from: '0s',
    to: '7d',
    like: '15m',
    default: 900_000,
  })
  readonly ALERT_SUPPRESSION: number;

  @Duration({
    section: WATCHING,
    why: 'After what time an alert that nobody has acknowledged is told again; 0s never does.',
    from: '0s',
    to: '30d',
    like: '4h',
    default: 4 * 3_600_000,
  })
  readonly ALERT_REPEAT: number;

  @Setting({
    section: WATCHING,
    why: 'Who gets alerts by mail, through SMTP_URL.',
    wanted: 'a comma-separated list of e-mail addresses',
    default: [],
    parse: list,
    example: 'on-call@example.com',
  })
  @Validate(EmailAddress, { each: true })
  readonly ALERT_EMAIL: string[];

  @Setting({
    section: WATCHING,
    why: 'Incoming webhook of a Slack channel that gets alerts.',
    wanted: 'an https:// URL, or an http:// one on this very machine',
    example: 'https://hooks.slack.com/services/change/me',
    secret: true,
  })
  @IsOptional()
  @Validate(SafeAddress)
  readonly SLACK_WEBHOOK_URL?: string;

  @Setting({
    section: WATCHING,
    why: 'Where alerts are posted as JSON, signed (X-Signature).',
    wanted: 'an http:// or https:// URL',
    example: 'https://on-call.internal/change-me',
    secret: true,
  })
  @IsOptional()
  @Validate(WebhookAddress)
  readonly ALERT_WEBHOOK_URL?: string;

  @Setting({
    section: WATCHING,
    why: 'What posts to ALERT_WEBHOOK_URL are signed with (HMAC-SHA256), shared with the receiver.',
    wanted: 'at least 16 characters',
    example: 'change-me-to-a-long-random-word',
    secret: true,
  })
  @IsOptional()
  @Matches(/^[\x21-\x7e]{16,512}$/)
  readonly ALERT_WEBHOOK_SECRET?: string;

  @Setting({
    section: WATCHING,
    why: 'Where the folder docs/runbooks can be read, for the links in alerts. Unset names the file in the repository.',
    wanted: 'an http:// or https:// URL without query and fragment',
    parse: withoutTrailingSlash,
    example: 'https://git.example.com/aerie/blob/main/docs/runbooks',
  })
  @IsOptional()
  @Validate(PagesAddress)
  readonly ALERT_RUNBOOKS_URL?: string;

  @Setting({
    section: WATCHING,
    why: 'When the packages that the service runs on are looked up for known vulnerabilities, every day, by one process. Asks the registry of npm; off asks only when an operator does.',
    wanted: 'a time of day (UTC) such as 04:23, or off',
    default: (environment) => (environment === 'test' ? 'off' : '04:23'),
  })
  @Matches(/^(off|([01]\d|2[0-3]):[0-5]\d)$/)
  readonly SCAN_AT: string;

  @Setting({
    section: TRACING,
    why: 'The OpenTelemetry collector that spans are sent to (OTLP over HTTP, /v1/traces is added). Unset loads nothing of OpenTelemetry.',
    wanted: 'an http:// or https:// URL without query and fragment',
    parse: withoutTrailingSlash,
    example: 'http://collector.internal:4318',
  })
  @IsOptional()
  @Validate(PagesAddress)
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  @Setting({
    section: TRACING,
    why: 'Headers that the collector asks for.',
    wanted: 'a comma-separated list of name=value, values percent-encoded',
    default: [],
    parse: list,
    secret: true,
    example: 'api-key=change-me',
  })
  @Matches(/^[\w-]+=(?:[\x21-\x24\x26-\x7e]|%[\da-fA-F]{2})*$/, { each: true })
  readonly OTEL_EXPORTER_OTLP_HEADERS: string[];

  @Setting({
    section: TRACING,
    why: 'What this service is called in traces.',
    wanted: 'a name of letters, digits and ._-',
    default: 'aerie',
  })
  @Matches(/^[\w.-]{1,100}$/)
  readonly OTEL_SERVICE_NAME: string;

  @Setting({
    section: TRACING,
    why: 'The share of requests and jobs that are traced. A request that is part of a trace goes by its caller.',
    wanted: 'a number from 0 to 1',
    default: 1,
    parse: Number,
  })
  @IsNumber()
  @Min(0)
  @Max(1)
  readonly OTEL_TRACES_SAMPLER_ARG: number;

  @Setting({
    section: AUDIT,
    why: 'Ed25519 keys (base64 PKCS#8, comma-separated) that sign checkpoints and archives of the audit trail. The first signs, all verify. Made by `npm run keys`; the same in every process. Unset, each DATA_DIR makes and keeps its own.',
    wanted: 'one or more Ed25519 private keys as printed by `npm run keys`',
    parse: list,
    secret: true,
    example: 'MC4CAQAwBQYDK2VwBCIEICEjJSYnKSstLzEzNTc5Oz0/QUNFR0lLTU9RU1VXWVtd',
  })
  @IsOptional()
  @Validate(SigningKeys)
  readonly AUDIT_SIGNING_KEYS?: string[];

  @Setting({
    section: AUDIT,
    why: 'What happens to a request whose audit event can be kept neither in the database nor in the journal: refused with 503, or answered with the event in the log only.',
    wanted: 'refuse or continue',
    default: 'refuse',
  })
  @IsIn(['refuse', 'continue'])
  readonly AUDIT_WHEN_FULL: 'refuse' | 'continue';

  @WholeNumber({
    section: AUDIT,
    why: 'How much of DATA_DIR the journal may take, where audit events wait while the database is away.',
    unit: 'megabytes',
    from: 1,
    to: 100_000,
    default: 256,
  })
  readonly AUDIT_JOURNAL_MAX_MB: number;

  @WholeNumber({
    section: AUDIT,
    why: 'After how many days entries of the audit trail go to signed files in DATA_DIR/audit/archives and out of the database. Unset keeps them in the database for ever.',
    from: 1,
    to: 36_500,
    example: '365',
  })
  @IsOptional()
  readonly AUDIT_RETENTION_DAYS?: number;

  @Setting({
    section: AUDIT,
    why: 'Where each signed checkpoint of the audit trail is posted, so that a copy lies where this service cannot change it. Unset posts none.',
    wanted: 'an http:// or https:// URL',
    secret: true,
    example: 'https://witness.example.com/aerie',
  })
  @IsOptional()
  @Validate(WebhookAddress)
  readonly AUDIT_CHECKPOINT_WEBHOOK_URL?: string;

  @Setting({
    section: AUDIT,
    why: 'Signs those posts (X-Signature); shared with the receiver.',
    wanted: 'at least 16 characters',
    secret: true,
    example: 'change-me-to-32-random-characters',
  })
  @IsOptional()
  @MinLength(16)
  readonly AUDIT_CHECKPOINT_WEBHOOK_SECRET?: string;
}
