import { Module } from '@nestjs/common';
import './trail.actions.js';
import { AuditExportService } from './audit-export.service.js';
import { AuditSearchRepository } from './audit-search.repository.js';
import { AuditSearchService } from './audit-search.service.js';
import { ArchiveService } from './archive/archive.service.js';
import { Retention } from './archive/retention.js';
import { AuditController } from './audit.controller.js';
import { AuditHealth } from './audit-health.js';
import { AuditService } from './audit.service.js';
import { AuditTrail } from './audit-trail.js';
import { AuditKeys } from './chain/audit-keys.js';
import { ChainRepository } from './chain/chain.repository.js';
import { CheckpointPosts } from './chain/checkpoint-posts.js';
import { Checkpoints } from './chain/checkpoints.js';
import { EntryLinker } from './chain/entry-linker.js';
import { Sealer } from './chain/sealer.js';
import { VerificationService } from './chain/verification.service.js';
import { EventMaker } from './event-maker.js';
import { Recorder } from './recorder.js';
import { RequestRecorder } from './request-recorder.js';
import { SecurityEventRecorder } from './security-event-recorder.js';
import { EventWriter } from './writer/event-writer.js';
import { WriterFigures } from './writer/figures.js';
import { Inserter } from './writer/inserter.js';
import { Intake } from './writer/intake.js';
import { JournalReplay } from './writer/journal-replay.js';
import { Journal } from './writer/journal.js';
import { LastResort } from './writer/last-resort.js';
import { PendingRepository } from './writer/pending.repository.js';

const recording = [AuditService, EventMaker, Recorder, RequestRecorder, SecurityEventRecorder];
const writer = [
  EventWriter,
  Inserter,
  Intake,
  Journal,
  JournalReplay,
  LastResort,
  PendingRepository,
  WriterFigures,
];
const chain = [
  AuditKeys,
  ChainRepository,
  CheckpointPosts,
  Checkpoints,
  EntryLinker,
  Sealer,
  VerificationService,
];
const archive = [ArchiveService, Retention];
const reading = [AuditSearchService, AuditSearchRepository, AuditExportService];

@Module({
  controllers: [AuditController],
  providers: [...recording, ...writer, ...chain, ...reading, ...archive, AuditTrail, AuditHealth],
  exports: [AuditService, AuditSearchService],
})
export class AuditModule {}
