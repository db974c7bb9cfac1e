import { Module } from '@nestjs/common';
import { AuditModule } from '#features/audit/audit.module';
import './pictures.actions.js';
import { PicturesController } from './pictures.controller.js';
import { PicturesRepository } from './pictures.repository.js';
import { PicturesService } from './pictures.service.js';

@Module({
  imports: [AuditModule],
  controllers: [PicturesController],
  providers: [PicturesService, PicturesRepository],
  exports: [PicturesService],
})
export class PicturesModule {}
