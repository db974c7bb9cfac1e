import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { Caller } from '#edge/access/access.decorators';
import type { SignedIn } from '#edge/access/principal';
import { Audited } from '#features/audit/audit.decorators';
import { PasskeyChallengesService } from './passkey-challenges.service.js';
import { PasskeyRegistrationService } from './passkey-registration.service.js';
import {
  NewPasskey,
  PasskeyCreationOptions,
  PasskeyId,
  PasskeyName,
  PasskeyRemoval,
  PasskeysPage,
  PasskeyView,
  RegistrationRequest,
} from './passkeys.dto.js';
import { PasskeysService } from './passkeys.service.js';

@Controller('auth/passkeys')
export class PasskeysController {
  constructor(
    private readonly passkeys: PasskeysService,
    private readonly challenges: PasskeyChallengesService,
    private readonly registration: PasskeyRegistrationService,
  ) {}

  /** Gives a challenge for a new passkey, good for five minutes. */
  @HttpCode(200)
  @Post('register/options')
  begin(
    @Caller() caller: SignedIn,
    @Body() { password }: RegistrationRequest,
  ): Promise<PasskeyCreationOptions> {
    return this.challenges.begin(caller, password);
  }

  /** Adds the passkey that answers the challenge. */
  @Post('register/verify')
  finish(@Caller() { userId }: SignedIn, @Body() passkey: NewPasskey): Promise<PasskeyView> {
    return this.registration.add(userId, passkey);
  }

  /** The caller's passkeys, the oldest first. */
  @Get()
  list(@Caller() { userId }: SignedIn): Promise<PasskeysPage> {
    return this.passkeys.getAll(userId);
  }

  @HttpCode(204)
  @Audited('user.passkey_renamed')
  @Patch(':id')
  rename(
    @Caller() { userId }: SignedIn,
    @Param() { id }: PasskeyId,
    @Body() { name }: PasskeyName,
  ): Promise<void> {
    return this.passkeys.rename(userId, id, name);
  }

  /** Removes a passkey for the password, and ends the caller's other sessions. */
  @HttpCode(204)
  @Delete(':id')
  remove(
    @Caller() caller: SignedIn,
    @Param() { id }: PasskeyId,
    @Body() { password }: PasskeyRemoval,
  ): Promise<void> {
    return this.passkeys.remove(caller, id, password);
  }
}
