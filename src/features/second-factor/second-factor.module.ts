import { Module } from '@nestjs/common';
import { AuditModule } from '#features/audit/audit.module';
import { UsersModule } from '#features/users/users.module';
import './second-factor.actions.js';
import { SecondFactorCodesService } from './second-factor-codes.service.js';
import { SecondFactorRepository } from './second-factor.repository.js';
import { SecondFactorService } from './second-factor.service.js';

/** What a second factor is; its routes are in `features/auth`, which ends sessions when it changes. */
@Module({
  imports: [AuditModule, UsersModule],
  providers: [SecondFactorService, SecondFactorCodesService, SecondFactorRepository],
  exports: [SecondFactorService, SecondFactorCodesService],
})
export class SecondFactorModule {}
