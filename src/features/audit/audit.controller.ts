import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { Caller, Requires } from '#edge/access/access.decorators';
import type { Principal } from '#edge/access/principal';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { OpenToBlocked } from '#edge/request-guard/request-guard.decorators';
import { AuditExportService } from './audit-export.service.js';
import { AuditSearchService } from './audit-search.service.js';
import { AuditExportQuery, AuditPage, AuditQuery, AuditVerdict } from './audit.dto.js';
import { AuditService } from './audit.service.js';

@OpenToBlocked()
@Requires('audit:read')
@Controller('audit')
export class AuditController {
  constructor(
    private readonly search: AuditSearchService,
    private readonly exports: AuditExportService,
    private readonly audit: AuditService,
  ) {}

  /** Who did what, the newest first. */
  @RateLimit('search')
  @Get()
  list(@Caller() { userId }: Principal, @Query() query: AuditQuery): Promise<AuditPage> {
    return this.search.getPage(userId, query);
  }

  /** The same as a file, the oldest first. One that is not whole ends with a cut connection. */
  @RateLimit('admin')
  @Get('export')
  export(@Query() query: AuditExportQuery): Promise<StreamableFile> {
    return this.exports.export(query);
  }

  /** Whether the trail is whole: every entry, every link, and what was signed of it. */
  @RateLimit('admin')
  @Get('verify')
  verify(): Promise<AuditVerdict> {
    return this.audit.verify();
  }
}
