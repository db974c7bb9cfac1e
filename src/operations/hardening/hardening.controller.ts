import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { Requires } from '#edge/access/access.decorators';
import { GuardExempt } from '#edge/request-guard/request-guard.decorators';
import { BlockedClientsPage, GuardAnswer, GuardQuestion } from './hardening.dto.js';
import { HardeningService } from './hardening.service.js';

/** For operators. Exempt from the guard, so that an administrator whose own address is blocked can lift it. */
@GuardExempt()
@Controller({ path: 'hardening', version: VERSION_NEUTRAL })
export class HardeningController {
  constructor(private readonly hardening: HardeningService) {}

  /** What the guard would say of a text. */
  @Requires('operations:read')
  @HttpCode(200)
  @Post('guard/inspect')
  inspect(@Body() { text }: GuardQuestion): GuardAnswer {
    return this.hardening.inspect(text);
  }

  /** The clients that are refused for now, the latest first. */
  @Requires('operations:read')
  @Get('guard/blocked')
  blocked(): BlockedClientsPage {
    return this.hardening.getBlocked();
  }

  /** Lets a client in again. */
  @Requires('operations:write')
  @HttpCode(204)
  @Delete('guard/blocked/:client')
  lift(@Param('client') client: string): Promise<void> {
    return this.hardening.lift(client);
  }
}
