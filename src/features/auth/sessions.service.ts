import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { v7 as uuidv7 } from 'uuid';
import type { FamiliarPlaces } from '#edge/rate-limit/familiar-places';
import { clientOf } from '#edge/request-guard/client-of';
import { AuditService } from '#features/audit/audit.service';
import { UsersService } from '#features/users/users.service';
import { Cached } from '#platform/cache/cached.decorators';
import { Database } from '#platform/database/database';
import type { Session, User } from '#platform/database/generated/client';
import { pageOf, type Page } from '#platform/database/page';
import { NotFound } from '#platform/errors/problems';
import { currentRequest } from '#platform/telemetry/request-context';
import { both, whenThere, type Soon } from '#platform/waiting/soon';
import type { TokenPair } from './auth.dto.js';
import { InvalidToken, WrongCredentials } from './auth.problems.js';
import type { SessionsQuery } from './sessions.dto.js';
import { SessionsRepository } from './sessions.repository.js';
import { Tokens } from './tokens.js';

const GRACE_MS = 10_000;
const TOUCH_MS = 60_000;

type Lineage = Pick<Session, 'id' | 'userId' | 'generation' | 'expiresAt'>;

/** Sign-ins and their refresh tokens, of which each session has one current at a time. */
@Injectable()
export class SessionsService implements FamiliarPlaces {
  private readonly touched = new LRUCache<string, true>({ max: 10_000, ttl: TOUCH_MS });

  constructor(
    private readonly sessions: SessionsRepository,
    private readonly users: UsersService,
    private readonly tokens: Tokens,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  /**
   * Starts a session for a user who has proved who they are. Throws `WrongCredentials` when the
   * account has got another password meanwhile, or was disabled: that ends the sessions that it finds.
   */
  async open(user: User): Promise<TokenPair> {
    const now = new Date();
    const request = currentRequest();
    const session = {
      id: uuidv7(),
      userId: user.id,
      generation: 0,
      expiresAt: new Date(now.getTime() + this.tokens.refreshTtlMs),
    };
    const isAdmitted = await this.database.transaction(async () => {
      if (!(await this.users.admit(user))) return false;
      const origin = { address: request?.address ?? null, userAgent: request?.userAgent ?? null };
      await this.sessions.insert({ ...session, ...origin }, now);
      await this.audit.record('auth.logged_in', { actor: user.id, subject: session.id });
      return true;
    });
    if (!isAdmitted) {
      await this.audit.record('auth.login_failed', { subject: user.id });
      throw new WrongCredentials();
    }
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

  /** Ends one session of the user. Throws `NotFound` for those of anybody else. */
  async closeOf(userId: string, sessionId: string): Promise<void> {
    if (!(await this.sessions.revoke(sessionId, new Date(), userId))) throw new NotFound();
  }

  /** Ends the user's sessions, all or all but one. Returns how many were live. */
  async closeAllOf(userId: string, { except }: { except?: string } = {}): Promise<number> {
    return this.database.transaction(async () => {
      const sessions = await this.sessions.revokeAllOf(userId, new Date(), except);
      if (sessions > 0) {
        await this.audit.record('auth.sessions_ended', { subject: userId, metadata: { sessions } });
      }
      return sessions;
    });
  }

  /** Whether the account with this address was lately signed in to from the client. */
  async hasBeenOpenedFrom(client: string, email: string): Promise<boolean> {
    const addresses = await this.sessions.findAddressesOf(email);
    return addresses.some((address) => address !== null && clientOf(address) === client);
  }

  /** For its owner, or an administrator, to look at; whether a session is live is never decided by it. */
  @Cached({
    ttl: '10s',
    key: (userId: string, { cursor = '', limit }: SessionsQuery) => `${userId} ${cursor} ${limit}`,
    tags: (userId) => [`sessions of ${userId}`],
  })
  async getPage(userId: string, { cursor, limit }: SessionsQuery): Promise<Page<Session>> {
    const sessions = await this.sessions.findLivePage(userId, new Date(), cursor, limit + 1);
    return pageOf(
      sessions,
      limit,
      (session) => session.id,
      (session) => session,
    );
  }

  /** The live session that an access token belongs to, with its user. Throws `InvalidToken`. */
  getByAccessToken(accessToken: string): Soon<{ session: Session; user: User }> {
    return whenThere(this.tokens.readAccess(accessToken), ({ sessionId, userId }) => {
      const found = both(this.sessions.findKnown(sessionId), this.users.findKnown(userId));
      return whenThere(found, ([session, user]) => {
        const now = new Date();
        if (!user || user.disabledAt || user.eraseAfter || user.erasedAt) throw new InvalidToken();
        if (session?.userId !== userId || !isAlive(session, now)) throw new InvalidToken();
        this.touch(session, now);
        return { session, user };
      });
    });
  }

  /** Notes that the session is in use, behind the request and at most once a minute. */
  private touch({ id, lastUsedAt }: Session, now: Date): void {
    if (now.getTime() - lastUsedAt.getTime() < TOUCH_MS || this.touched.has(id)) return;
    this.touched.set(id, true);
    void this.sessions.touch(id, now).catch(() => this.touched.delete(id));
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
