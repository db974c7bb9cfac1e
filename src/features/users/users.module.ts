import { Module } from '@nestjs/common';
import { AuditModule } from '#features/audit/audit.module';
import './users.actions.js';
import { ReauthenticationService } from './reauthentication.service.js';
import { FirstAdministrator } from './first-administrator.js';
import { GuessesRepository } from './guesses.repository.js';
import { GuessesService } from './guesses.service.js';
import { PasswordHasher } from './password-hasher.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [AuditModule],
  controllers: [UsersController],
  providers: [
    UsersService,
    UsersRepository,
    PasswordHasher,
    FirstAdministrator,
    ReauthenticationService,
    GuessesService,
    GuessesRepository,
  ],
  exports: [UsersService, GuessesService, ReauthenticationService, FirstAdministrator],
})
export class UsersModule {}
