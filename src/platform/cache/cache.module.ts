import { Global, Module } from '@nestjs/common';
import { RowCaches } from './row-caches.js';

@Global()
@Module({ providers: [RowCaches], exports: [RowCaches] })
export class CacheModule {}
