import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { Config } from '#platform/config/config';
import { RedisConnection } from '#platform/redis/redis-connection';
import { Metrics } from '#platform/telemetry/metrics';
import { SecurityEvents } from '#platform/telemetry/security-events';
import { currentRequest } from '#platform/telemetry/request-context';
import { clientOf } from './client-of.js';
import { ExpiringMap } from './expiring-map.js';
import { ClientBlocked } from './request-guard.problems.js';
import { SharedBlocks } from './shared-blocks.js';

const MOST_CLIENTS = 10_000;
const WINDOW_MS = 600_000;
const REFRESH_MS = 1_000;

export interface BlockedClient {
  /** An IPv4 address or an IPv6 /64. */
  readonly client: string;
  /** What it had collected when it was blocked. */
  readonly score: number;
  readonly until: Date;
}

/**
 * Clients that collected too much within ten minutes are refused for a while. Whether one is blocked
 * is asked of memory only; with REDIS_URL the processes tell each other within a second.
 */
@Injectable()
export class BlockedClients
  implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly scores = new ExpiringMap<number>(MOST_CLIENTS);
  private readonly blocked = new ExpiringMap<number>(MOST_CLIENTS);
  private readonly shared: SharedBlocks | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: Config,
    private readonly events: SecurityEvents,
    redis: RedisConnection,
    metrics: Metrics,
  ) {
    metrics.gauge(
      'aerie_guard_blocked_clients',
      'Clients that are refused for a while.',
      [],
      (gauge) => gauge.set(this.blocked.entries().length),
    );
    if (redis.isConfigured) this.shared = new SharedBlocks(redis, this.blocked, MOST_CLIENTS);
  }

  onModuleInit(): void {
    const { shared } = this;
    if (shared) this.timer = setInterval(() => void shared.exchange(), REFRESH_MS).unref();
  }

  /** What Redis could not be told so far it may hear now: memory ends with the process. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.shared?.exchange();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Throws when the client of this address is blocked. */
  refuse(address: string): void {
    if (this.blocked.size === 0) return;
    const block = this.blocked.get(clientOf(address));
    if (!block) return;
    throw new ClientBlocked({ retryAfterSeconds: (block.expiresAt - Date.now()) / 1_000 });
  }

  /** Adds to what the client has collected, and blocks it when that is too much. */
  async count(address: string, score: number, requestId: string): Promise<void> {
    const client = clientOf(address);
    const own = this.scores.get(client);
    const here = (own?.value ?? 0) + score;
    this.scores.set(client, here, own?.expiresAt ?? Date.now() + WINDOW_MS);
    const everywhere = (await this.shared?.count(client, score, WINDOW_MS)) ?? 0;
    const total = Math.max(here, everywhere);
    if (total < this.config.GUARD_CLIENT_SCORE || this.blocked.get(client)) return;

    const until = Date.now() + this.config.GUARD_CLIENT_BLOCK;
    this.blocked.set(client, total, until);
    this.scores.delete(client);
    this.events.report({
      action: 'security.client_blocked',
      requestId,
      address,
      metadata: { client, score: total, until: new Date(until).toISOString() },
    });
    void this.shared?.block(client); // blocked here it is; the others hear of it behind the request
  }

  list(): BlockedClient[] {
    return this.blocked
      .entries()
      .map(({ key, value, expiresAt }) => ({
        client: key,
        score: value,
        until: new Date(expiresAt),
      }))
      .toReversed();
  }

  /** Lets a client in again; false when it was not blocked. */
  async lift(clientOrAddress: string): Promise<boolean> {
    const client = clientOf(clientOrAddress);
    if (!this.blocked.get(client)) return false;
    this.blocked.delete(client);
    this.scores.delete(client);
    const request = currentRequest();
    this.events.report({
      action: 'security.client_unblocked',
      requestId: request?.requestId,
      address: request?.address,
      userAgent: request?.userAgent,
      actor: request?.actor,
      metadata: { client },
    });
    await this.shared?.lift(client);
    return true;
  }
}
