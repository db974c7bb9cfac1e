import { Controller, Delete, Get, HttpCode, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { Caller } from '#edge/access/access.decorators';
import type { SignedIn } from '#edge/access/principal';
import { Audited } from '#features/audit/audit.decorators';
import { SessionsPage, SessionsQuery, SessionView } from './sessions.dto.js';
import { SessionsService } from './sessions.service.js';

@Controller('auth/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  /** Where the caller is signed in, the newest sign-in first. */
  @Get()
  async list(
    @Caller() { userId, session }: SignedIn,
    @Query() query: SessionsQuery,
  ): Promise<SessionsPage> {
    const { items, nextCursor } = await this.sessions.getPage(userId, query);
    return { items: items.map((item) => SessionView.of(item, session.id)), nextCursor };
  }

  /** Ends one of the caller's sessions: its tokens are refused from now on. */
  @HttpCode(204)
  @Audited('auth.session_revoked')
  @Delete(':id')
  close(@Caller() { userId }: SignedIn, @Param('id', ParseUUIDPipe) id: string): Promise<void> {
    return this.sessions.closeOf(userId, id);
  }

  /** Ends all of the caller's sessions but this one. */
  @HttpCode(204)
  @Delete()
  async closeOthers(@Caller() { userId, session }: SignedIn): Promise<void> {
    await this.sessions.closeAllOf(userId, { except: session.id });
  }
}
