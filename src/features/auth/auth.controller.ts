import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Caller, Public } from '#edge/access/access.decorators';
import type { SignedIn } from '#edge/access/principal';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { UsersService } from '#features/users/users.service';
import { Accepted, Credentials, NewUser, RefreshRequest, TokenPair } from './auth.dto.js';
import { AuthService } from './auth.service.js';
import { SessionsService } from './sessions.service.js';

@Controller('auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
  ) {}

  /** Signs up. The answer is the same whether or not the address is known. */
  @Public()
  @RateLimit('auth')
  @HttpCode(202)
  @Post('register')
  async register(@Body() newUser: NewUser): Promise<Accepted> {
    await this.users.register(newUser);
    return { status: 'accepted' };
  }

  /** Signs in. */
  @Public()
  @RateLimit('auth', 'login')
  @HttpCode(200)
  @Post('login')
  logIn(@Body() credentials: Credentials): Promise<TokenPair> {
    return this.auth.logIn(credentials);
  }

  /** Trades a refresh token for new tokens. A token that was traded before ends the session. */
  @Public()
  @HttpCode(200)
  @Post('refresh')
  refresh(@Body() { refreshToken }: RefreshRequest): Promise<TokenPair> {
    return this.sessions.refresh(refreshToken);
  }

  /** Ends the session of the access token. */
  @HttpCode(204)
  @Post('logout')
  logOut(@Caller() { session }: SignedIn): Promise<void> {
    return this.sessions.close(session.id);
  }
}
