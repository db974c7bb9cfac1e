import { Controller, Get, HttpCode, Post, VERSION_NEUTRAL } from '@nestjs/common';
import { Requires } from '#edge/access/access.decorators';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { OpenToBlocked } from '#edge/request-guard/request-guard.decorators';
import { DependencyScans } from './scan.dto.js';
import { ScanService } from './scan.service.js';

/** For operators: which packages that the service runs on are known to be vulnerable, or are outdated. */
@OpenToBlocked()
@Controller({ path: 'hardening/scan', version: VERSION_NEUTRAL })
export class ScanController {
  constructor(private readonly scans: ScanService) {}

  /** The latest scan, and the latest that npm answered, with their ages. */
  @Requires('operations:read')
  @Get()
  get(): Promise<DependencyScans> {
    return this.scans.getScans();
  }

  /** Scans now, in one process. Takes up to minutes: the latest scan changes when it is done. */
  @Requires('operations:write')
  @RateLimit('admin')
  @HttpCode(202)
  @Post()
  start(): Promise<void> {
    return this.scans.request();
  }
}
