import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditService } from '#features/audit/audit.service';
import { Config } from '#platform/config/config';
import { Database } from '#platform/database/database';
import type { Session } from '#platform/database/generated/client';
import { currentRequest } from '#platform/telemetry/request-context';
import type { TokenPair } from './auth.dto.js';
import { InvalidToken } from './auth.problems.js';
import { SessionsRepository, type SessionWithUser } from './sessions.repository.js';
import { Tokens } from './tokens.js';

const GRACE_MS = 10_000;

type Lineage = Pick<Session, 'id' | 'userId' | 'generation' | 'expiresAt'>;

/** Sign-ins and their refresh tokens, of which each session has one current at a time. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly tokens: Tokens,
    private readonly audit: AuditService,
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /** Starts a session for a user who has proved who they are. */
  async open(userId: string): Promise<TokenPair> {
    const now = new Date();
    const request = currentRequest();
    const session = {
      id: uuidv7(),
      userId,
      generation: 0,
      expiresAt: new Date(now.getTime() + this.config.JWT_REFRESH_TTL),
    };
    await this.database.transaction(async () => {
      await this.sessions.insert({
        ...session,
        rotatedAt: now,
        address: request?.address,
        userAgent: request?.userAgent,
      });
      await this.audit.record('auth.logged_in', { actor: userId, subject: session.id });
    });
    return this.tokensOf(session);
  }

  /**
   * Gives the next token of the family. The predecessor of the current token gets the same answer
   * for a short grace, so that two tabs that refresh at once stay signed in; anything older was
   * stolen or copied, and ends the session for thief and owner alike.
   */
  async refresh(refreshToken: string): Promise<TokenPair> {
    const { sessionId, generation } = await this.tokens.readRefresh(refreshToken);
    const lineage = await this.database.transaction(async () => {
      const now = new Date();
      const isAdvanced = await this.sessions.advance(sessionId, generation, now);
      const session = await this.sessions.findById(sessionId);
      if (!session || !isAlive(session, now)) return null;

      const isInGrace =
        session.generation === generation + 1 &&
        now.getTime() - session.rotatedAt.getTime() <= GRACE_MS;
      if (isAdvanced || isInGrace) {
        await this.audit.record('auth.token_refreshed', {
          actor: session.userId,
          subject: session.id,
          metadata: { generation: session.generation, grace: !isAdvanced },
        });
        return session;
      }
      await this.sessions.revoke(session.id, now);
      await this.audit.record('auth.refresh_replayed', {
        actor: session.userId,
        subject: session.id,
        metadata: { presented: generation, current: session.generation },
      });
      return null; // and not thrown: the revocation has to be committed
    });
    if (!lineage) throw new InvalidToken();
    return this.tokensOf(lineage);
  }

  async close(sessionId: string): Promise<void> {
    await this.database.transaction(async () => {
      const isClosed = await this.sessions.revoke(sessionId, new Date());
      if (isClosed) await this.audit.record('auth.logged_out', { subject: sessionId });
    });
  }

  /** The live session that an access token belongs to, with its user. Throws `InvalidToken`. */
  async getByAccessToken(accessToken: string): Promise<SessionWithUser> {
    const { sessionId, userId } = await this.tokens.readAccess(accessToken);
    const session = await this.sessions.findWithUser(sessionId);
    if (!session || session.userId !== userId) throw new InvalidToken();
    if (!isAlive(session, new Date()) || session.user.disabledAt) throw new InvalidToken();
    return session;
  }

  private async tokensOf({ id, userId, generation, expiresAt }: Lineage): Promise<TokenPair> {
    const [accessToken, refreshToken] = await Promise.all([
      this.tokens.signAccess({ userId, sessionId: id }),
      this.tokens.signRefresh({ sessionId: id, generation }, expiresAt),
    ]);
    return {
      accessToken,
      refreshToken,
      tokenType: 'Bearer',
      expiresInSeconds: this.tokens.accessTtlSeconds,
    };
  }
}

function isAlive({ revokedAt, expiresAt }: Session, now: Date): boolean {
  return revokedAt === null && expiresAt > now;
}
