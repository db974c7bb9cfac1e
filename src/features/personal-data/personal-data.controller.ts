import { Body, Controller, Delete, HttpCode, Post, StreamableFile } from '@nestjs/common';
import { Caller } from '#edge/access/access.decorators';
import type { SignedIn } from '#edge/access/principal';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { ReauthenticationService } from '#features/users/reauthentication.service';
import { DeletionService } from './deletion.service.js';
import { ExportService } from './export.service.js';
import { Confirmation, DeletionView } from './personal-data.dto.js';

@RateLimit('auth')
@Controller('users/me')
export class PersonalDataController {
  constructor(
    private readonly reauthentication: ReauthenticationService,
    private readonly exports: ExportService,
    private readonly deletion: DeletionService,
  ) {}

  /**
   * All that is kept about the account, as a JSON file. Takes a sign-in of the last ten minutes, or
   * the password.
   */
  @HttpCode(200)
  @Post('export')
  async export(
    @Caller() caller: SignedIn,
    @Body() { password }: Confirmation,
  ): Promise<StreamableFile> {
    await this.reauthentication.requireRecent(caller, password);
    return this.exports.export(caller.userId);
  }

  /**
   * Ends every session and API key at once, and erases the account when the grace is over. Signing
   * in before brings it back.
   */
  @HttpCode(202)
  @Delete()
  async delete(
    @Caller() caller: SignedIn,
    @Body() { password }: Confirmation,
  ): Promise<DeletionView> {
    await this.reauthentication.require(caller, password);
    return this.deletion.request(caller.userId);
  }
}
