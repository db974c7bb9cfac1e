import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Public } from '#edge/access/access.decorators';
import type { SignedIn } from '#edge/access/principal';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { TokenPair } from './auth.dto.js';
import {
  EnrolmentConfirmation,
  EnrolmentRequest,
  IdentityProof,
  RecoveryCodes,
  SecondFactorEnrolment,
  SecondStep,
} from './second-factor.dto.js';
import { SecondFactorSettingsService } from './second-factor-settings.service.js';
import { TokenDeliveryService } from './token-delivery.service.js';
import { SignInService } from './sign-in.service.js';

@Controller('auth/2fa')
export class SecondFactorController {
  constructor(
    private readonly settings: SecondFactorSettingsService,
    private readonly signIn: SignInService,
    private readonly delivery: TokenDeliveryService,
  ) {}

  /** Gives a secret for an authenticator app. It counts once it is confirmed, within 15 minutes. */
  @HttpCode(200)
  @Post('enrol')
  enrol(
    @Caller() caller: SignedIn,
    @Body() { password }: EnrolmentRequest,
  ): Promise<SecondFactorEnrolment> {
    return this.settings.enrol(caller, password);
  }

  /** Switches the second factor on, and ends the caller's other sessions. */
  @HttpCode(200)
  @Post('confirm')
  confirm(
    @Caller() caller: SignedIn,
    @Body() { code }: EnrolmentConfirmation,
  ): Promise<RecoveryCodes> {
    return this.settings.confirm(caller, code);
  }

  /** Switches the second factor off, for the password or a code, and ends the other sessions. */
  @HttpCode(204)
  @Post('disable')
  disable(@Caller() caller: SignedIn, @Body() proof: IdentityProof): Promise<void> {
    return this.settings.disable(caller, proof);
  }

  /** Gives new recovery codes, for the password or a code; the old ones are void. */
  @HttpCode(200)
  @Post('recovery-codes')
  renewRecoveryCodes(
    @Caller() caller: SignedIn,
    @Body() proof: IdentityProof,
  ): Promise<RecoveryCodes> {
    return this.settings.renewRecoveryCodes(caller, proof);
  }

  /** The second step of a sign-in that was answered with `second-factor-required`. */
  @Public()
  @RateLimit('auth')
  @HttpCode(200)
  @Post('verify')
  async verify(
    @Body() { pendingToken, code, transport }: SecondStep,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenPair> {
    const tokens = await this.signIn.resume(pendingToken, code);
    return this.delivery.deliver(request, reply, tokens, transport);
  }
}
