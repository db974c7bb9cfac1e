import type { Redis } from 'ioredis';
import { ReconnectPauses, replaceUngreeted } from './reconnecting.js';

/** An idle line that broke without a word would keep its messages to itself. */
const BEAT_MS = 5_000;

export interface Subscriber {
  onMessage(message: string): void;
  /** Messages get lost while it is false. */
  onListening(isListening: boolean): void;
}

/** Hears what is published, on one connection for all channels. */
export class RedisListener {
  private readonly subscribers = new Map<string, Subscriber>();
  private readonly connection: Redis;
  private readonly timer: NodeJS.Timeout;
  private isAnswered = true;

  constructor(client: Redis) {
    const pauses = new ReconnectPauses();
    this.connection = client.duplicate({
      autoResubscribe: false,
      lazyConnect: true,
      retryStrategy: pauses.next,
    });
    pauses.watch(this.connection);
    replaceUngreeted(this.connection);
    this.connection.on('error', () => undefined); // the connection for questions meets the same and logs it
    this.connection.on('ready', () => void this.subscribe());
    this.connection.on('close', () => this.say(false));
    this.connection.on('message', (channel, message) =>
      this.subscribers.get(channel)?.onMessage(message),
    );
    this.timer = setInterval(() => void this.beat(), BEAT_MS).unref();
  }

  add(channel: string, subscriber: Subscriber): void {
    if (this.subscribers.has(channel)) throw new Error(`two subscribers of ${channel}`);
    this.subscribers.set(channel, subscriber);
    if (this.connection.status === 'wait') this.connection.connect().catch(() => undefined);
  }

  stop(): void {
    clearInterval(this.timer);
    this.connection.disconnect();
  }

  private async subscribe(): Promise<void> {
    this.isAnswered = true;
    try {
      await this.connection.subscribe(...this.subscribers.keys());
      this.say(true);
    } catch {
      this.connection.disconnect(true);
    }
  }

  private say(isListening: boolean): void {
    for (const subscriber of this.subscribers.values()) subscriber.onListening(isListening);
  }

  private async beat(): Promise<void> {
    if (this.connection.status !== 'ready') return;
    if (!this.isAnswered) return this.connection.disconnect(true);
    this.isAnswered = false;
    try {
      await this.connection.ping();
      this.isAnswered = true;
    } catch {
      // it broke, and is replaced
    }
  }
}
