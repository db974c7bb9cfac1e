import { Controller, Get, Query } from '@nestjs/common';
import { Caller, Requires } from '#edge/access/access.decorators';
import type { Principal } from '#edge/access/principal';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { OpenToBlocked } from '#edge/request-guard/request-guard.decorators';
import { UsersPage, UsersQuery, UserView } from './users.dto.js';
import { UsersService } from './users.service.js';

@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  /** The account that makes the request. */
  @Requires('account:read')
  @Get('me')
  me(@Caller() { userId }: Principal): Promise<UserView> {
    return this.users.getView(userId);
  }

  /** The account of the operator who asks, also from an address that is blocked. */
  @OpenToBlocked()
  @Requires('operations:read')
  @Get('operator')
  operator(@Caller() { userId }: Principal): Promise<UserView> {
    return this.users.getView(userId);
  }

  /** All accounts, the newest first, or the one with an address. */
  @OpenToBlocked()
  @Requires('users:list')
  @RateLimit('search')
  @Get()
  list(@Query() query: UsersQuery): Promise<UsersPage> {
    return this.users.getPage(query);
  }
}
