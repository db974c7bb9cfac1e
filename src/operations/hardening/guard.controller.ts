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
import { BlockedClientsPage, GuardAnswer, GuardQuestion } from './guard.dto.js';
import { GuardService } from './guard.service.js';

/** For operators. Exempt from the guard, so that an administrator whose own address is blocked can lift it. */
@GuardExempt()
@Controller({ path: 'hardening/guard', version: VERSION_NEUTRAL })
export class GuardController {
  constructor(private readonly guard: GuardService) {}

  /** What the guard would say of a text. */
  @Requires('operations:read')
  @HttpCode(200)
  @Post('inspect')
  inspect(@Body() { text }: GuardQuestion): GuardAnswer {
    return this.guard.inspect(text);
  }

  /** The clients that are refused for now, the latest first. */
  @Requires('operations:read')
  @Get('blocked')
  blocked(): BlockedClientsPage {
    return this.guard.getBlocked();
  }

  /** Lets a client in again. */
  @Requires('operations:write')
  @HttpCode(204)
  @Delete('blocked/:client')
  lift(@Param('client') client: string): Promise<void> {
    return this.guard.lift(client);
  }
}
