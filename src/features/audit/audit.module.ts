import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { SecurityEventRecorder } from './security-event-recorder.js';

@Module({
  controllers: [AuditController],
  providers: [AuditService, AuditRepository, SecurityEventRecorder],
  exports: [AuditService],
})
export class AuditModule {}
