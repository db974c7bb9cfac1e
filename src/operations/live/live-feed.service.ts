import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authenticator } from '#edge/access/authenticator';
import { isPermitted } from '#edge/access/principal';
import { HealthService } from '#operations/health/health.service';
import { DatabaseUnavailable } from '#platform/errors/problems';
import { Monitor } from '#platform/telemetry/monitor';
import { SecurityEvents } from '#platform/telemetry/security-events';
import type { EventClient } from './event-client.js';
import { LiveEvents } from './live-events.js';

/** Turns what the service notices into events for those who watch, while somebody does. */
@Injectable()
export class LiveFeedService implements OnApplicationShutdown {
  private readonly watchers = new Map<EventClient, FastifyRequest>();
  private readonly stopTicks: () => void;

  constructor(
    private readonly live: LiveEvents,
    private readonly health: HealthService,
    private readonly authenticator: Authenticator,
    monitor: Monitor,
    security: SecurityEvents,
  ) {
    security.onEvent((event) => live.record('security', { time: new Date(), ...event }));
    this.stopTicks = monitor.onTick((point) => {
      if (!live.isWatched) return;
      live.tell('tick', point);
      void this.lookAround();
    });
  }

  /** Opens a stream that ends when its client leaves, or is not let in any more. */
  open(request: FastifyRequest, reply: FastifyReply, lastEventId?: string): EventClient {
    const client = this.live.join(lastEventId);
    this.watchers.set(client, request);
    client.once('close', () => this.watchers.delete(client));
    // also of a HEAD, whose stream nobody reads
    reply.raw.once('close', () => client.destroy());
    void this.tellHealth(client);
    return client;
  }

  onApplicationShutdown(): void {
    this.stopTicks();
  }

  private async lookAround(): Promise<void> {
    await Promise.all([...this.watchers].map(([client, request]) => this.check(client, request)));
    this.live.tell('health', await this.health.getSummary());
  }

  private async tellHealth(client: EventClient): Promise<void> {
    client.send({ name: 'health', data: await this.health.getSummary() });
  }

  /**
   * Asks again who it is: the stream must not outlive the sign-in. While the database is away nobody
   * can tell; who was let in watches on, until the access token expires at the latest.
   */
  private async check(client: EventClient, request: FastifyRequest): Promise<void> {
    try {
      const principal = await this.authenticator.authenticate(request);
      if (isPermitted(principal, 'operations:read')) return;
    } catch (error) {
      if (error instanceof DatabaseUnavailable) return;
    }
    client.close('signed-out');
  }
}
