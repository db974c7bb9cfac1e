import { Controller, Delete, Get, HttpCode, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { Caller, Requires } from '#edge/access/access.decorators';
import type { Principal } from '#edge/access/principal';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { OpenToBlocked } from '#edge/request-guard/request-guard.decorators';
import { Audited, type Exchange } from '#features/audit/audit.decorators';
import { SessionsPage, SessionsQuery, SessionView } from './sessions.dto.js';
import { UserAdministrationService } from './user-administration.service.js';

/** Where others are signed in, for administrators: what to look at, and to end, when an account is in strange hands. */
@OpenToBlocked()
@RateLimit('admin')
@Requires('users:manage')
@Controller('users/:id/sessions')
export class UserSessionsController {
  constructor(private readonly administration: UserAdministrationService) {}

  /** Where the user is signed in, the newest sign-in first. Looking is recorded. */
  @RateLimit('search')
  @Audited('user.sessions_read')
  @Get()
  async list(
    @Caller() { session }: Principal,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() query: SessionsQuery,
  ): Promise<SessionsPage> {
    const { items, nextCursor } = await this.administration.getSessions(id, query);
    return { items: items.map((item) => SessionView.of(item, session?.id)), nextCursor };
  }

  /** Ends one of the user's sessions: its tokens are refused from now on. */
  @HttpCode(204)
  @Audited('user.session_ended', {
    metadata: ({ params }: Exchange) => ({ session: params['session'] ?? '' }),
  })
  @Delete(':session')
  end(
    @Param('id', ParseUUIDPipe) id: string,
    @Param('session', ParseUUIDPipe) session: string,
  ): Promise<void> {
    return this.administration.endSession(id, session);
  }

  /** Ends all of the user's sessions. */
  @HttpCode(204)
  @Delete()
  endAll(@Param('id', ParseUUIDPipe) id: string): Promise<void> {
    return this.administration.endSessions(id);
  }
}
