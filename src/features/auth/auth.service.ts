import { Injectable } from '@nestjs/common';
import { UsersService } from '#features/users/users.service';
import type { Credentials, TokenPair } from './auth.dto.js';
import { WrongCredentials } from './auth.problems.js';
import { SignInService } from './sign-in.service.js';

@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly signIn: SignInService,
  ) {}

  async logIn({ email, password }: Credentials): Promise<TokenPair> {
    const user = await this.users.findByCredentials(email, password);
    if (!user) throw new WrongCredentials();
    return this.signIn.complete(user);
  }
}
