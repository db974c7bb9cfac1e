import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { may } from '#edge/access/permissions';
import type { SignedIn } from '#edge/access/principal';
import { AuditService } from '#features/audit/audit.service';
import { ReauthenticationService } from '#features/users/reauthentication.service';
import { Database } from '#platform/database/database';
import { pageOf } from '#platform/database/page';
import { NotFound } from '#platform/errors/problems';
import { hashSecret, makeApiKey } from './api-key-format.js';
import {
  ApiKeyView,
  type ApiKeysPage,
  type ApiKeysQuery,
  type CreatedApiKey,
  type NewApiKey,
} from './api-keys.dto.js';
import { ScopeBeyondRole, TooManyApiKeys } from './api-keys.problems.js';
import { ApiKeysRepository } from './api-keys.repository.js';

const ONE_DAY_MS = 86_400_000;
const DEFAULT_DAYS = 90;
const MOST_LIVE = 25;

/** The keys that users make for their machines. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly reauthentication: ReauthenticationService,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  /**
   * Makes a key. Throws `ReauthenticationRequired`, `ScopeBeyondRole`, or `TooManyApiKeys` beyond 25
   * that are alive.
   */
  async create(
    caller: SignedIn,
    { name, scopes, expiresInDays, password }: NewApiKey,
  ): Promise<CreatedApiKey> {
    await this.reauthentication.requireRecent(caller, password);
    const { userId, role } = caller;
    const wanted = scopes ?? ['account:read' as const];
    if (!wanted.every((scope) => may(role, scope))) {
      await this.audit.record('api_key.scopes_refused', {
        metadata: { role, scopes: wanted.join(' ') },
      });
      throw new ScopeBeyondRole();
    }
    const { prefix, secret, key } = makeApiKey();
    const now = new Date();
    const added = await this.database.transaction(async () => {
      await this.keys.lockOwner(userId);
      if ((await this.keys.countLive(userId, now)) >= MOST_LIVE) throw new TooManyApiKeys();
      const row = await this.keys.insert({
        id: uuidv7(),
        userId,
        name,
        prefix,
        secretHash: hashSecret(secret),
        scopes: wanted,
        createdAt: now,
        expiresAt: new Date(now.getTime() + (expiresInDays ?? DEFAULT_DAYS) * ONE_DAY_MS),
      });
      await this.audit.record('api_key.created', {
        subject: row.id,
        metadata: { prefix, scopes: wanted.join(' '), expiresAt: row.expiresAt.toISOString() },
      });
      return row;
    });
    return Object.assign(ApiKeyView.of(added), { key });
  }

  async getPage(userId: string, { cursor, limit }: ApiKeysQuery): Promise<ApiKeysPage> {
    const keys = await this.keys.findPage(userId, cursor, limit + 1);
    return pageOf(
      keys,
      limit,
      (key) => key.id,
      (key) => ApiKeyView.of(key),
    );
  }

  /** Throws `NotFound`, for somebody else's key too. */
  async revoke(userId: string, id: string): Promise<void> {
    if (!(await this.keys.revoke(id, userId, new Date()))) throw new NotFound();
  }
}
