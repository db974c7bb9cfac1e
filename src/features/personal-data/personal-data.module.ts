import { Module } from '@nestjs/common';
import { AuditModule } from '#features/audit/audit.module';
import { AuthModule } from '#features/auth/auth.module';
import { PicturesModule } from '#features/pictures/pictures.module';
import { UsersModule } from '#features/users/users.module';
import './personal-data.actions.js';
import { DeletionService } from './deletion.service.js';
import { DueErasures } from './due-erasures.js';
import { ErasureRepository } from './erasure.repository.js';
import { ErasureService } from './erasure.service.js';
import { ExportRepository } from './export.repository.js';
import { ExportService } from './export.service.js';
import { PersonalDataController } from './personal-data.controller.js';

@Module({
  imports: [AuditModule, UsersModule, AuthModule, PicturesModule],
  controllers: [PersonalDataController],
  providers: [
    ExportService,
    ExportRepository,
    DeletionService,
    ErasureService,
    ErasureRepository,
    DueErasures,
  ],
})
export class PersonalDataModule {}
