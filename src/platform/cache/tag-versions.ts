import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { RedisConnection } from '../redis/redis-connection.js';

const CHANNEL = 'cache-tags';
const KEY = 'cache-tag:';
const KEPT_SECONDS = 86_400;
const MOST_TAGS = 10_000;
/** How long a version is believed while changes are heard of, and while they are not. */
const TOLD_MS = 30_000;
const UNTOLD_MS = 1_000;
/** A tag that every answer has. */
const EVERYTHING = '*';

interface Version {
  readonly version: string;
  readonly learntAt: number;
}

/**
 * The version of each tag, which is part of the key of every answer that has the tag. To invalidate
 * is to change the version: what was read before, by whomever and however late it is stored, is found
 * by nobody any more. Versions are random, so that no two clocks have to agree. They stand in Redis
 * when there is one; while it is away each process has its own, and says so once it is back.
 */
export class TagVersions {
  private readonly known = new LRUCache<string, Version>({ max: MOST_TAGS });
  private isTold = false;
  /** Counts changes, so that a version that was asked for before one is not remembered after it. */
  private changes = 0;
  /** Whether a change could not be told: then nothing that Redis holds can be believed. */
  private hasUntold = false;

  constructor(private readonly redis: RedisConnection) {
    redis.subscribe(CHANNEL, {
      onMessage: (tag) => this.forget(tag),
      onListening: (isListening) => {
        this.isTold = isListening;
        if (!isListening) return;
        this.forgetAll(); // what was said meanwhile was not heard
        this.tellWhatIsUntold();
      },
    });
  }

  /** A text that changes whenever one of the tags is invalidated. */
  async of(tags: readonly string[]): Promise<string> {
    this.tellWhatIsUntold();
    const wanted = [EVERYTHING, ...tags];
    const unknown = wanted.filter((tag) => !this.isCurrent(tag));
    const learnt = unknown.length > 0 ? await this.learn(unknown) : undefined;
    return wanted.map((tag) => learnt?.get(tag) ?? this.versionOf(tag)).join('.');
  }

  /** Gives the tags new versions: here at once, elsewhere as soon as the message is there. */
  change(tags: readonly string[]): void {
    this.changes++;
    for (const tag of tags) this.remember(tag, makeVersion());
    if (this.redis.isConfigured) void this.tell(tags);
  }

  private tellWhatIsUntold(): void {
    if (!this.hasUntold || this.redis.state !== 'redis') return;
    this.hasUntold = false;
    this.change([EVERYTHING]);
  }

  private async tell(tags: readonly string[]): Promise<void> {
    const told = await this.redis.ask((client) => {
      const work = client.multi();
      for (const tag of tags) {
        work.set(KEY + tag, this.versionOf(tag), 'EX', KEPT_SECONDS).publish(CHANNEL, tag);
      }
      return work.exec();
    });
    if (told === undefined) this.hasUntold = true;
  }

  /** The versions in Redis, made where there are none; our own while it is away. */
  private async learn(tags: readonly string[]): Promise<Map<string, string>> {
    const changesBefore = this.changes;
    const answers = await this.redis.ask((client) => {
      const work = client.multi();
      for (const tag of tags) {
        work.set(KEY + tag, makeVersion(), 'EX', KEPT_SECONDS, 'NX').get(KEY + tag);
      }
      return work.exec();
    });
    const learnt = new Map<string, string>();
    for (const [index, tag] of tags.entries()) {
      const inRedis = answers?.[index * 2 + 1]?.[1];
      const version = typeof inRedis === 'string' ? inRedis : this.versionOf(tag);
      learnt.set(tag, version);
      if (this.changes === changesBefore) this.remember(tag, version);
    }
    return learnt;
  }

  private isCurrent(tag: string): boolean {
    const known = this.known.get(tag);
    if (!known) return false;
    if (this.redis.state !== 'redis') return true;
    return performance.now() - known.learntAt < (this.isTold ? TOLD_MS : UNTOLD_MS);
  }

  private versionOf(tag: string): string {
    return this.known.get(tag)?.version ?? this.remember(tag, makeVersion());
  }

  private remember(tag: string, version: string): string {
    this.known.set(tag, { version, learntAt: performance.now() });
    return version;
  }

  private forget(tag: string): void {
    this.changes++;
    this.known.delete(tag);
  }

  private forgetAll(): void {
    this.changes++;
    this.known.clear();
  }
}

function makeVersion(): string {
  return randomBytes(6).toString('base64url');
}
