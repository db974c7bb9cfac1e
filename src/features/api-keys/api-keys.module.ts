import { Module } from '@nestjs/common';
import { AuditModule } from '#features/audit/audit.module';
import { UsersModule } from '#features/users/users.module';
import './api-keys.actions.js';
import { ApiKeyAccessService } from './api-key-access.service.js';
import { ApiKeyUses } from './api-key-uses.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';

@Module({
  imports: [AuditModule, UsersModule],
  controllers: [ApiKeysController],
  providers: [ApiKeysService, ApiKeyAccessService, ApiKeyUses, ApiKeysRepository],
  exports: [ApiKeyAccessService],
})
export class ApiKeysModule {}
