import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { UsersService } from '#features/users/users.service';
import type { User } from '#platform/database/generated/client';
import { InvalidToken } from './auth.problems.js';
import { CeremoniesService } from './ceremonies.service.js';
import { Tokens } from './tokens.js';

const KIND = 'second-factor';

/**
 * Sign-ins that wait for their second factor. The client holds a signed token, good for that step
 * alone; a row says that it was not redeemed yet, and for which password the first step was passed:
 * changing the password ends all that was begun with the old one.
 */
@Injectable()
export class PendingSignInsService {
  constructor(
    private readonly tokens: Tokens,
    private readonly ceremonies: CeremoniesService,
    private readonly users: UsersService,
  ) {}

  /** The token for the second step of a user who has passed the first. */
  async begin(user: User): Promise<string> {
    const pending = { userId: user.id, ceremony: uuidv7() };
    await this.ceremonies.begin({
      kind: KIND,
      key: pending.ceremony,
      userId: user.id,
      data: { password: fingerprint(user.passwordHash) },
    });
    return this.tokens.signPending(pending);
  }

  /** Whose token it is, while it can be redeemed. Throws `InvalidToken`. */
  async getUser(pendingToken: string): Promise<User> {
    const { userId, ceremony } = await this.tokens.readPending(pendingToken);
    const begun = await this.ceremonies.find(KIND, ceremony);
    if (begun?.userId !== userId) throw new InvalidToken();
    const user = await this.users.get(userId);
    const { password } = begun.data as { password?: string };
    if (password !== fingerprint(user.passwordHash)) throw new InvalidToken();
    return user;
  }

  /** Ends it. Throws `InvalidToken` when it was redeemed before, or by another at once. */
  async redeem(pendingToken: string): Promise<void> {
    const { ceremony } = await this.tokens.readPending(pendingToken);
    if (!(await this.ceremonies.take(KIND, ceremony))) throw new InvalidToken();
  }
}

function fingerprint(passwordHash: string | null): string {
  return createHash('sha256')
    .update(passwordHash ?? '')
    .digest('base64url');
}
