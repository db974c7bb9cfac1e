import { randomUUID } from 'node:crypto';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { defineProblem } from '#platform/errors/problem';
import { EventClient, type LiveEvent } from './event-client.js';

const MOST_CLIENTS = 50;
const MOST_KEPT = 500;

export const TooManyWatchers = defineProblem(
  'too-many-watchers',
  503,
  'As many watch already as can be served.',
);

/**
 * Tells everybody who watches what happens, in bounded number. Of what must not be missed the last
 * five hundred are kept, so that a client which lost its connection hears what it missed.
 */
@Injectable()
export class LiveEvents implements BeforeApplicationShutdown {
  private readonly clients = new Set<EventClient>();
  private readonly kept: (LiveEvent & { id: string })[] = [];
  /** A client of the process before us has numbers that mean nothing here. */
  private readonly run = randomUUID().slice(0, 8);
  private lastNumber = 0;
  private isStopping = false;

  get isWatched(): boolean {
    return this.clients.size > 0;
  }

  /**
   * Begins with what the client missed since `lastEventId`, if that is still known. Throws
   * `TooManyWatchers`.
   */
  join(lastEventId?: string): EventClient {
    if (this.isStopping || this.clients.size >= MOST_CLIENTS) {
      throw new TooManyWatchers({ retryAfterSeconds: 5 });
    }
    const client = new EventClient();
    this.clients.add(client);
    client.once('close', () => this.clients.delete(client));
    const missed = this.since(lastEventId);
    client.send({ name: 'hello', data: { run: this.run, hasResumed: missed !== undefined } });
    for (const event of missed ?? []) client.send(event);
    return client;
  }

  /** What is true for the moment: a client that is not there does not miss it. */
  tell(name: string, data: unknown): void {
    for (const client of this.clients) client.send({ name, data });
  }

  /** What happened: kept for those who are away for a moment. */
  record(name: string, data: unknown): void {
    const event = { name, data, id: `${this.run}-${++this.lastNumber}` };
    this.kept.push(event);
    if (this.kept.length > MOST_KEPT) this.kept.shift();
    for (const client of this.clients) client.send(event);
  }

  beforeApplicationShutdown(): void {
    this.isStopping = true;
    for (const client of this.clients) client.close('stopping');
  }

  private since(lastEventId: string | undefined): LiveEvent[] | undefined {
    const [run, number] = lastEventId?.split('-') ?? [];
    if (run !== this.run) return undefined;
    return this.kept.filter(({ id }) => Number(id.split('-')[1]) > Number(number));
  }
}
