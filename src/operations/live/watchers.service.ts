import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authenticator } from '#edge/access/authenticator';
import { isPermitted } from '#edge/access/principal';
import { DatabaseUnavailable } from '#platform/errors/problems';
import type { EventClient } from './event-client.js';
import { LiveEvents, TooManyWatchers } from './live-events.js';
import { LiveSources } from './live-sources.js';

const CHECK_MS = 5_000;
/** A script that opens streams and forgets them takes no place from other people. */
const MOST_OF_ONE = 10;

/** Those who watch, for as long as they may. */
@Injectable()
export class WatchersService implements OnApplicationShutdown {
  private readonly requests = new Map<EventClient, FastifyRequest>();
  private readonly timer = setInterval(() => void this.checkAll(), CHECK_MS).unref();

  constructor(
    private readonly live: LiveEvents,
    private readonly sources: LiveSources,
    private readonly authenticator: Authenticator,
  ) {}

  /** Opens a stream that ends when its client leaves, or is not let in any more. Throws `TooManyWatchers`. */
  open(request: FastifyRequest, reply: FastifyReply, lastEventId?: string): EventClient {
    if (this.countOf(request) >= MOST_OF_ONE) {
      throw new TooManyWatchers({ retryAfterSeconds: 5, detail: 'Ten of one account may watch.' });
    }
    const client = this.live.join(lastEventId);
    this.requests.set(client, request);
    client.once('close', () => this.requests.delete(client));
    // also of a HEAD, whose stream nobody reads
    reply.raw.once('close', () => client.destroy());
    this.sources.look();
    return client;
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private countOf({ principal }: FastifyRequest): number {
    const accounts = [...this.requests.values()].map((request) => request.principal?.userId);
    return accounts.filter((userId) => userId === principal?.userId).length;
  }

  private async checkAll(): Promise<void> {
    await Promise.all([...this.requests].map(([client, request]) => this.check(client, request)));
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
