import { Body, Controller, HttpCode, Param, ParseUUIDPipe, Post, Put } from '@nestjs/common';
import { Caller, Requires } from '#edge/access/access.decorators';
import type { Principal } from '#edge/access/principal';
import { Audited, type Exchange } from '#features/audit/audit.decorators';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { OpenToBlocked } from '#edge/request-guard/request-guard.decorators';
import { NewRole, NewTenant } from './user-administration.dto.js';
import { UserAdministrationService } from './user-administration.service.js';

/** What administrators may do to the accounts of others. */
@OpenToBlocked()
@RateLimit('admin')
@Requires('users:manage')
@Controller('users/:id')
export class UserAdministrationController {
  constructor(private readonly administration: UserAdministrationService) {}

  /** Shuts an account out: its sessions end at once, its API keys are refused. */
  @HttpCode(204)
  @Audited('user.disabled')
  @Post('disable')
  disable(@Caller() caller: Principal, @Param('id', ParseUUIDPipe) id: string): Promise<void> {
    return this.administration.disable(caller.userId, id);
  }

  /** Lets a disabled account in again. */
  @HttpCode(204)
  @Audited('user.enabled')
  @Post('enable')
  enable(@Caller() caller: Principal, @Param('id', ParseUUIDPipe) id: string): Promise<void> {
    return this.administration.enable(caller.userId, id);
  }

  /** Gives an account another role, from its next request on. */
  @HttpCode(204)
  @Audited('user.role_changed', {
    metadata: ({ body }: Exchange<NewRole>) => ({ role: body.role }),
  })
  @Put('role')
  changeRole(
    @Caller() caller: Principal,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { role }: NewRole,
  ): Promise<void> {
    return this.administration.changeRole(caller.userId, id, role);
  }

  /** Makes an account a member of an organisation, or of none, from its next request on. */
  @HttpCode(204)
  @Audited('user.tenant_changed', {
    metadata: ({ body }: Exchange<NewTenant>) => ({ tenant: body.tenant ?? '' }),
  })
  @Put('tenant')
  changeTenant(
    @Caller() caller: Principal,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { tenant }: NewTenant,
  ): Promise<void> {
    return this.administration.changeTenant(caller.userId, id, tenant);
  }
}
