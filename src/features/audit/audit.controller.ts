import { Controller, Get, Query } from '@nestjs/common';
import { Requires } from '#edge/access/access.decorators';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { AuditPage, AuditQuery } from './audit.dto.js';
import { AuditService } from './audit.service.js';

@Controller('audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  /** Who did what, the newest first. */
  @Requires('audit:read')
  @RateLimit('admin')
  @Get()
  list(@Query() query: AuditQuery): Promise<AuditPage> {
    return this.audit.getPage(query);
  }
}
