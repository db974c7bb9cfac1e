import { Module } from '@nestjs/common';
import { ScanController } from './scan.controller.js';
import { ScanService } from './scan.service.js';
import { ScansRepository } from './scans.repository.js';
import { ScheduledScan } from './scheduled-scan.js';

@Module({
  controllers: [ScanController],
  providers: [ScanService, ScansRepository, ScheduledScan],
})
export class ScanModule {}
