import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Public } from '#edge/access/access.decorators';
import type { SignedIn } from '#edge/access/principal';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { OpenToBlocked } from '#edge/request-guard/request-guard.decorators';
import { ValidationFailed } from '#platform/errors/problems';
import { Accepted, Credentials, NewUser, RefreshRequest, TokenPair } from './auth.dto.js';
import { AuthService } from './auth.service.js';
import { RegistrationService } from './registration.service.js';
import { SessionsService } from './sessions.service.js';
import { TokenDeliveryService } from './token-delivery.service.js';

const NO_TOKEN = {
  path: 'refreshToken',
  message: 'refreshToken must be given, in the body or in the cookie',
};

@Controller('auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly registration: RegistrationService,
    private readonly sessions: SessionsService,
    private readonly delivery: TokenDeliveryService,
  ) {}

  /** Signs up. The answer is the same whether or not the address is known. */
  @Public()
  @RateLimit('auth')
  @HttpCode(202)
  @Post('register')
  async register(@Body() newUser: NewUser): Promise<Accepted> {
    await this.registration.register(newUser);
    return { status: 'accepted' };
  }

  /** Signs in, and ends the session whose token comes with it. */
  @Public()
  @RateLimit('auth', 'login')
  @HttpCode(200)
  @Post('login')
  async logIn(
    @Body() credentials: Credentials,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenPair> {
    const tokens = await this.auth.logIn(credentials);
    return this.delivery.deliver(request, reply, tokens, credentials.transport);
  }

  /** Trades a refresh token for new tokens. A token that was traded before ends the session. */
  @OpenToBlocked()
  @Public()
  @HttpCode(200)
  @Post('refresh')
  async refresh(
    @Body() { refreshToken }: RefreshRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenPair> {
    if (refreshToken !== undefined) return this.sessions.refresh(refreshToken);
    const token = this.delivery.takeFromCookie(request);
    if (token === undefined) throw new ValidationFailed({ errors: [NO_TOKEN] });
    return this.delivery.hand(reply, await this.sessions.refresh(token), 'cookie');
  }

  /** Ends the session of the access token. */
  @OpenToBlocked()
  @HttpCode(204)
  @Post('logout')
  async logOut(
    @Caller() { session }: SignedIn,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.close(session.id);
    this.delivery.clearCookie(request, reply);
  }

  /** Ends all of the caller's sessions, this one too. */
  @HttpCode(204)
  @Post('logout-all')
  async logOutEverywhere(
    @Caller() { userId }: SignedIn,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.closeAllOf(userId);
    this.delivery.clearCookie(request, reply);
  }
}
