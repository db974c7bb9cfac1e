import { Global, Module } from '@nestjs/common';
import { Authenticator } from '#edge/access/authenticator';
import { AuditModule } from '#features/audit/audit.module';
import { UsersModule } from '#features/users/users.module';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { BearerAuthenticator } from './bearer-authenticator.js';
import { JwksController } from './jwks.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { SignInService } from './sign-in.service.js';
import { SigningKeys } from './signing-keys.js';
import { Tokens } from './tokens.js';

/** Global for one thing: the access guard, below, asks for the `Authenticator` that is given here. */
@Global()
@Module({
  imports: [AuditModule, UsersModule],
  controllers: [AuthController, JwksController],
  providers: [
    AuthService,
    SignInService,
    SessionsService,
    SessionsRepository,
    Tokens,
    SigningKeys,
    { provide: Authenticator, useClass: BearerAuthenticator },
  ],
  exports: [Authenticator, SignInService],
})
export class AuthModule {}
