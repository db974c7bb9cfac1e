import { Module } from '@nestjs/common';
import { AuditModule } from '#features/audit/audit.module';
import { ReauthenticationService } from './reauthentication.service.js';
import { FirstAdministrator } from './first-administrator.js';
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
  ],
  exports: [UsersService, ReauthenticationService, FirstAdministrator],
})
export class UsersModule {}
