import { Module } from '@nestjs/common';
import { AuditModule } from '#features/audit/audit.module';
import { FirstAdministrator } from './first-administrator.js';
import { PasswordHasher } from './password-hasher.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [AuditModule],
  controllers: [UsersController],
  providers: [UsersService, UsersRepository, PasswordHasher, FirstAdministrator],
  exports: [UsersService, FirstAdministrator],
})
export class UsersModule {}
