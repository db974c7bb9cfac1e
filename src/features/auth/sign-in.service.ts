import { Injectable } from '@nestjs/common';
import type { User } from '#platform/database/generated/client';
import { AccountDisabled } from '#features/users/users.problems';
import type { TokenPair } from './auth.dto.js';
import { SessionsService } from './sessions.service.js';

/** The last step of every way to sign in: by password, passkey or provider. */
@Injectable()
export class SignInService {
  constructor(private readonly sessions: SessionsService) {}

  /** Opens a session for a user who has proved a first factor. Throws `AccountDisabled`. */
  async complete(user: User): Promise<TokenPair> {
    if (user.disabledAt) throw new AccountDisabled();
    return this.sessions.open(user.id);
  }
}
