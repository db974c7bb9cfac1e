import { Global, Module } from '@nestjs/common';
import { Authenticator } from '#edge/access/authenticator';
import { FamiliarPlaces } from '#edge/rate-limit/familiar-places';
import { ApiKeysModule } from '#features/api-keys/api-keys.module';
import { AuditModule } from '#features/audit/audit.module';
import { SecondFactorModule } from '#features/second-factor/second-factor.module';
import { UsersModule } from '#features/users/users.module';
import './auth.actions.js';
import { AccountChangesService } from './account-changes.service.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { BearerAuthenticator } from './bearer-authenticator.js';
import { EmailsController } from './emails.controller.js';
import { EmailsService } from './emails.service.js';
import { ExpiredSecrets } from './expired-secrets.js';
import { ExpiredSecretsRepository } from './expired-secrets.repository.js';
import { JwksController } from './jwks.controller.js';
import { LetterTexts } from './letter-texts.js';
import { MailRequestsService } from './mail-requests.service.js';
import { OneTimeTokens } from './one-time-tokens.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { OwnerLetters } from './owner-letters.js';
import { PasswordsController } from './passwords.controller.js';
import { PasswordsService } from './passwords.service.js';
import { RegistrationService } from './registration.service.js';
import { SessionsController } from './sessions.controller.js';
import { RequestAuthenticator } from './request-authenticator.js';
import { CeremoniesRepository } from './ceremonies.repository.js';
import { CeremoniesService } from './ceremonies.service.js';
import { PendingSignInsService } from './pending-sign-ins.service.js';
import { SecondFactorController } from './second-factor.controller.js';
import { SecondFactorSettingsService } from './second-factor-settings.service.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { SignInGuesses } from './sign-in-guesses.js';
import { SignInService } from './sign-in.service.js';
import { SigningKeys } from './signing-keys.js';
import { TokenDeliveryService } from './token-delivery.service.js';
import { Tokens } from './tokens.js';
import { UserAdministrationController } from './user-administration.controller.js';
import { UserAdministrationService } from './user-administration.service.js';
import { UserSessionsController } from './user-sessions.controller.js';

/** Global for what guards, which stand below, ask for by ports: the `Authenticator` and the `FamiliarPlaces`. */
@Global()
@Module({
  imports: [ApiKeysModule, AuditModule, SecondFactorModule, UsersModule],
  controllers: [
    AuthController,
    EmailsController,
    JwksController,
    PasswordsController,
    SecondFactorController,
    SessionsController,
    UserAdministrationController,
    UserSessionsController,
  ],
  providers: [
    // signing in
    AuthService,
    SignInGuesses,
    SignInService,
    PendingSignInsService,
    SecondFactorSettingsService,
    CeremoniesService,
    CeremoniesRepository,
    RegistrationService,
    TokenDeliveryService,
    // sessions and tokens
    SessionsService,
    SessionsRepository,
    Tokens,
    SigningKeys,
    BearerAuthenticator,
    { provide: Authenticator, useClass: RequestAuthenticator },
    { provide: FamiliarPlaces, useExisting: SessionsService },
    // passwords, addresses, letters
    PasswordsService,
    EmailsService,
    AccountChangesService,
    MailRequestsService,
    OneTimeTokens,
    OneTimeTokensRepository,
    OwnerLetters,
    LetterTexts,
    ExpiredSecrets,
    ExpiredSecretsRepository,
    // accounts of others
    UserAdministrationService,
  ],
  exports: [
    Authenticator,
    FamiliarPlaces,
    AccountChangesService,
    CeremoniesService,
    SessionsService,
    SignInService,
    TokenDeliveryService,
  ],
})
export class AuthModule {}
