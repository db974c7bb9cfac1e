import { Module } from '@nestjs/common';
import { Load } from './load.js';

@Module({ providers: [Load], exports: [Load] })
export class TransportModule {}
