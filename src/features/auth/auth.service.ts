import { Injectable } from '@nestjs/common';
import { UsersService } from '#features/users/users.service';
import type { Credentials, TokenPair } from './auth.dto.js';
import { WrongCredentials } from './auth.problems.js';
import { SessionsService } from './sessions.service.js';

@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
  ) {}

  async logIn({ email, password }: Credentials): Promise<TokenPair> {
    const user = await this.users.findByCredentials(email, password);
    if (!user) throw new WrongCredentials();
    return this.sessions.open(user.id);
  }
}
