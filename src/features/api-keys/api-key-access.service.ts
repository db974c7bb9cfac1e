import { Injectable } from '@nestjs/common';
import type { Permission } from '#edge/access/permissions';
import type { Principal } from '#edge/access/principal';
import { WindowCounts } from '#edge/rate-limit/window-counts';
import { currentRequest } from '#platform/telemetry/request-context';
import { SecurityEvents } from '#platform/telemetry/security-events';
import { isSecretOf, readApiKey } from './api-key-format.js';
import { ApiKeyUses } from './api-key-uses.js';
import { InvalidApiKey } from './api-keys.problems.js';
import { ApiKeysRepository, type ApiKeyWithUser } from './api-keys.repository.js';

const ONE_MINUTE_MS = 60_000;
const MOST_REPORTED = 1_000;

/** Knows machines by their keys. */
@Injectable()
export class ApiKeyAccessService {
  /** Keys whose refusal was reported within the minute: a forgotten job tries for ever. */
  private readonly reported = new WindowCounts(ONE_MINUTE_MS, MOST_REPORTED);

  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly uses: ApiKeyUses,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Who shows this key, with the role that the owner has now. Throws `InvalidApiKey`, the same for
   * every reason.
   */
  async authenticate(shown: string): Promise<Principal> {
    const parts = readApiKey(shown);
    if (!parts) throw new InvalidApiKey();
    const now = new Date();
    const key = await this.keys.findWithUser(parts.prefix);
    if (!key) throw new InvalidApiKey();
    const fault = isSecretOf(key.secretHash, parts.secret) ? faultOf(key, now) : 'wrong secret';
    if (fault) {
      this.report(key, fault);
      throw new InvalidApiKey();
    }
    this.uses.note(key, now);
    const { user } = key;
    return {
      userId: user.id,
      role: user.role,
      isEmailVerified: user.emailVerifiedAt !== null,
      tenant: user.tenant,
      apiKeyId: key.id,
      scopes: key.scopes as Permission[], // one that has gone since opens nothing
    };
  }

  private report({ id, prefix, userId }: ApiKeyWithUser, reason: string): void {
    if (this.reported.add(id).hits > 1) return;
    const request = currentRequest();
    this.events.report({
      action: 'security.api_key_refused',
      requestId: request?.requestId,
      address: request?.address,
      userAgent: request?.userAgent,
      metadata: { keyId: id, prefix, owner: userId, reason },
    });
  }
}

function faultOf({ revokedAt, expiresAt, user }: ApiKeyWithUser, now: Date): string | undefined {
  if (revokedAt) return 'revoked';
  if (expiresAt <= now) return 'expired';
  if (user.disabledAt || user.eraseAfter) return 'owner disabled';
  return undefined;
}
