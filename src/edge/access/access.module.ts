import { Module } from '@nestjs/common';
import { AccessGuard } from './access.guard.js';

@Module({ providers: [AccessGuard] })
export class AccessModule {}
