import { Module } from '@nestjs/common';
import { AuditModule } from '#features/audit/audit.module';
import { AuthModule } from '#features/auth/auth.module';
import { UsersModule } from '#features/users/users.module';
import './passkeys.actions.js';
import { PasskeyChallengesService } from './passkey-challenges.service.js';
import { PasskeyRegistrationService } from './passkey-registration.service.js';
import { PasskeySignInController } from './passkey-sign-in.controller.js';
import { PasskeySignInService } from './passkey-sign-in.service.js';
import { PasskeysController } from './passkeys.controller.js';
import { PasskeysRepository } from './passkeys.repository.js';
import { PasskeysService } from './passkeys.service.js';
import { RelyingParty } from './relying-party.js';

@Module({
  imports: [AuditModule, UsersModule, AuthModule],
  controllers: [PasskeySignInController, PasskeysController],
  providers: [
    PasskeysService,
    PasskeyChallengesService,
    PasskeyRegistrationService,
    PasskeySignInService,
    PasskeysRepository,
    RelyingParty,
  ],
})
export class PasskeysModule {}
