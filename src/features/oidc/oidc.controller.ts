import { Body, Controller, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '#edge/access/access.decorators';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { TokenDeliveryService } from '#features/auth/token-delivery.service';
import { browserOf, markBrowser } from './browser-cookie.js';
import { OidcOnGuard } from './oidc-on.guard.js';
import { FLOW_TTL_SECONDS } from './oidc-flow.js';
import { FlowStart, ProviderSignIn } from './oidc.dto.js';
import { OidcService } from './oidc.service.js';

@UseGuards(OidcOnGuard)
@Controller('auth/oidc')
export class OidcController {
  constructor(
    private readonly oidc: OidcService,
    private readonly delivery: TokenDeliveryService,
  ) {}

  /** Begins to sign in with the provider. The answer's cookie ties the flow to this browser. */
  @Public()
  @Post('start')
  start(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FlowStart> {
    return this.oidc.start(markBrowser(request, reply, FLOW_TTL_SECONDS));
  }

  /** Signs in with what the provider sent the browser back with, once. */
  @Public()
  @RateLimit('auth')
  @HttpCode(200)
  @Post('callback')
  async callback(
    @Body() { transport, ...answer }: ProviderSignIn,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const tokens = await this.oidc.complete(browserOf(request), answer);
    return this.delivery.deliver(request, reply, tokens, transport);
  }
}
