import { Module } from '@nestjs/common';
import './trail.actions.js';
import { AuditExportService } from './audit-export.service.js';
import { AuditSearchRepository } from './audit-search.repository.js';
import { AuditSearchService } from './audit-search.service.js';
import { AuditController } from './audit.controller.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { SecurityEventRecorder } from './security-event-recorder.js';

@Module({
  controllers: [AuditController],
  providers: [
    AuditService,
    AuditRepository,
    AuditSearchService,
    AuditSearchRepository,
    AuditExportService,
    SecurityEventRecorder,
  ],
  exports: [AuditService, AuditSearchService],
})
export class AuditModule {}
