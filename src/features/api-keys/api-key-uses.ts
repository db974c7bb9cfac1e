import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { ApiKey } from '#platform/database/generated/client';
import { Log } from '#platform/logging/log';
import { ApiKeysRepository } from './api-keys.repository.js';

const ONE_MINUTE_MS = 60_000;

/**
 * Keeps when a key was last used, to the minute: one write a key and minute, behind the request
 * that caused it. What cannot be written is forgotten, it does no harm.
 */
@Injectable()
export class ApiKeyUses implements BeforeApplicationShutdown {
  private readonly writing = new Map<string, Promise<void>>();

  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly log: Log,
  ) {}

  note({ id, lastUsedAt }: Pick<ApiKey, 'id' | 'lastUsedAt'>, now: Date): void {
    const aMinuteAgo = new Date(now.getTime() - ONE_MINUTE_MS);
    if ((lastUsedAt && lastUsedAt > aMinuteAgo) || this.writing.has(id)) return;
    const written = this.keys
      .updateLastUsedAt(id, now, aMinuteAgo)
      .catch((error: unknown) => this.log.warn({ err: error, keyId: id }, 'a use is not noted'))
      .finally(() => this.writing.delete(id));
    this.writing.set(id, written);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.writing.values());
  }
}
