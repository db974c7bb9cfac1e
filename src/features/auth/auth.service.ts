import { Injectable } from '@nestjs/common';
import { UsersService } from '#features/users/users.service';
import type { Credentials, TokenPair } from './auth.dto.js';
import { WrongCredentials } from './auth.problems.js';
import { SignInGuesses } from './sign-in-guesses.js';
import { SignInService } from './sign-in.service.js';

@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly guesses: SignInGuesses,
    private readonly signIn: SignInService,
  ) {}

  /**
   * Signs in by password. Throws `WrongCredentials` for a wrong password and an unknown account
   * alike, and `GuessingTooFast`.
   */
  async logIn({ email, password, code }: Credentials): Promise<TokenPair> {
    const guess = await this.guesses.begin(email);
    const user = await this.users.findByCredentials(email, password);
    await guess.settle(user !== null);
    if (!user) throw new WrongCredentials();
    return this.signIn.complete(user, { code: code ?? undefined });
  }
}
