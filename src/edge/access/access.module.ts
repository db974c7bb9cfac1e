import { Module } from '@nestjs/common';
import { AccessGuard } from './access.guard.js';
import { MonitoringAccess } from './monitoring-access.js';

@Module({ providers: [AccessGuard, MonitoringAccess] })
export class AccessModule {}
