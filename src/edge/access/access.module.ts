import { Module } from '@nestjs/common';
import { AccessGuard } from './access.guard.js';
import { CachedRoutes } from './cached-routes.js';
import { MonitoringAccess } from './monitoring-access.js';

@Module({ providers: [AccessGuard, CachedRoutes, MonitoringAccess] })
export class AccessModule {}
