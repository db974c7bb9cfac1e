import { Module } from '@nestjs/common';
import { BlockedClients } from './blocked-clients.js';
import { RequestGuard } from './request-guard.guard.js';

@Module({ providers: [RequestGuard, BlockedClients], exports: [BlockedClients] })
export class RequestGuardModule {}
