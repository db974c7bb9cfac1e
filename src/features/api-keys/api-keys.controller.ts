import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  ParseUUIDPipe,
  Post,
  Query,
} from '@nestjs/common';
import { Caller } from '#edge/access/access.decorators';
import type { SignedIn } from '#edge/access/principal';
import { Audited } from '#features/audit/audit.decorators';
import { ApiKeysPage, ApiKeysQuery, CreatedApiKey, NewApiKey } from './api-keys.dto.js';
import { ApiKeysService } from './api-keys.service.js';

@Controller('auth/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  /** Makes a key for a machine. The answer shows it, and nothing ever again. */
  @Post()
  create(@Caller() caller: SignedIn, @Body() newKey: NewApiKey): Promise<CreatedApiKey> {
    return this.keys.create(caller, newKey);
  }

  /** The caller’s keys, the newest first, without those that were revoked. */
  @Get()
  list(@Caller() { userId }: SignedIn, @Query() query: ApiKeysQuery): Promise<ApiKeysPage> {
    return this.keys.getPage(userId, query);
  }

  /** Ends a key of the caller’s, from its next use on. */
  @HttpCode(204)
  @Audited('api_key.revoked')
  @Delete(':id')
  revoke(@Caller() { userId }: SignedIn, @Param('id', ParseUUIDPipe) id: string): Promise<void> {
    return this.keys.revoke(userId, id);
  }
}
