import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Ceremony } from '#platform/database/generated/client';
import { CeremoniesRepository } from './ceremonies.repository.js';

/** How long a client has for its part. */
export const CEREMONY_TTL_MS = 5 * 60_000;

export interface NewCeremony {
  readonly kind: string;
  /** What the client brings back; only its hash is kept. */
  readonly key: string;
  readonly userId?: string;
  readonly data?: Readonly<Record<string, string>>;
  /** Five minutes unless given. */
  readonly ttlMs?: number;
}

/** Exchanges in two steps, such as a challenge and its answer: begun, then taken once in time. */
@Injectable()
export class CeremoniesService {
  constructor(private readonly ceremonies: CeremoniesRepository) {}

  async begin({ key, ttlMs = CEREMONY_TTL_MS, ...ceremony }: NewCeremony): Promise<void> {
    const now = Date.now();
    await this.ceremonies.deleteExpired(new Date(now));
    const expiresAt = new Date(now + ttlMs);
    await this.ceremonies.insert({ key: hashOf(key), expiresAt, ...ceremony });
  }

  /** The ceremony of this kind that waits under the key, or null. */
  find(kind: string, key: string): Promise<Ceremony | null> {
    return this.ceremonies.find(hashOf(key), kind, new Date());
  }

  /** As `find`, and ends it: of several at once, one gets it. */
  async take(kind: string, key: string): Promise<Ceremony | null> {
    const ceremony = await this.find(kind, key);
    return ceremony && (await this.ceremonies.delete(ceremony.key)) ? ceremony : null;
  }
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
