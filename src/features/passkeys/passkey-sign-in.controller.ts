import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '#edge/access/access.decorators';
import { TokenDeliveryService } from '#features/auth/token-delivery.service';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { PasskeyAssertion, PasskeyRequestOptions } from './passkeys.dto.js';
import { PasskeySignInService } from './passkey-sign-in.service.js';

@Controller('auth/passkeys/login')
export class PasskeySignInController {
  constructor(
    private readonly signIn: PasskeySignInService,
    private readonly delivery: TokenDeliveryService,
  ) {}

  /** Gives a challenge for any passkey, good for five minutes. */
  @Public()
  @HttpCode(200)
  @Post('options')
  begin(): Promise<PasskeyRequestOptions> {
    return this.signIn.begin();
  }

  /** Signs in the owner of the passkey that answers the challenge. */
  @Public()
  @RateLimit('auth')
  @HttpCode(200)
  @Post('verify')
  async finish(
    @Body() { credential, transport }: PasskeyAssertion,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const tokens = await this.signIn.finish(credential);
    return this.delivery.deliver(request, reply, tokens, transport);
  }
}
