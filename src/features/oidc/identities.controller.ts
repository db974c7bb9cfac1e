import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, VerifiedOnly } from '#edge/access/access.decorators';
import type { SignedIn } from '#edge/access/principal';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { browserOf, markBrowser } from './browser-cookie.js';
import { OidcOnGuard } from './oidc-on.guard.js';
import { FLOW_TTL_SECONDS } from './oidc-flow.js';
import {
  FlowStart,
  IdentityId,
  IdentityList,
  IdentityView,
  OwnerProof,
  ProviderAnswer,
} from './oidc.dto.js';
import { OidcService } from './oidc.service.js';

@UseGuards(OidcOnGuard)
@Controller('auth/oidc')
export class IdentitiesController {
  constructor(private readonly oidc: OidcService) {}

  /** Begins to link an identity at the provider to the caller's account. */
  @VerifiedOnly()
  @RateLimit('auth')
  @Post('link')
  startLink(
    @Caller() caller: SignedIn,
    @Body() { password }: OwnerProof,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FlowStart> {
    const browser = markBrowser(request, reply, FLOW_TTL_SECONDS);
    return this.oidc.startLink(caller, password, browser);
  }

  /** Links the identity, in the session and the browser that began it. */
  @VerifiedOnly()
  @RateLimit('auth')
  @Post('link/callback')
  completeLink(
    @Caller() caller: SignedIn,
    @Req() request: FastifyRequest,
    @Body() answer: ProviderAnswer,
  ): Promise<IdentityView> {
    return this.oidc.completeLink(caller, browserOf(request), answer);
  }

  /** The identities that sign in to the caller's account. */
  @Get('identities')
  async list(@Caller() { userId }: SignedIn): Promise<IdentityList> {
    return { items: await this.oidc.list(userId) };
  }

  /** Takes an identity away, unless nothing else signs in to the account. */
  @RateLimit('auth')
  @HttpCode(204)
  @Delete('identities/:id')
  unlink(
    @Caller() caller: SignedIn,
    @Param() { id }: IdentityId,
    @Body() { password }: OwnerProof,
  ): Promise<void> {
    return this.oidc.unlink(caller, password, id);
  }
}
