import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Caller, Public } from '#edge/access/access.decorators';
import type { SignedIn } from '#edge/access/principal';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { Accepted } from './auth.dto.js';
import { EmailRequest } from './emails.dto.js';
import { MailRequestsService } from './mail-requests.service.js';
import { PasswordChange, PasswordReset } from './passwords.dto.js';
import { PasswordsService } from './passwords.service.js';

@RateLimit('auth')
@Controller('auth/password')
export class PasswordsController {
  constructor(
    private readonly passwords: PasswordsService,
    private readonly requests: MailRequestsService,
  ) {}

  /** Changes the password and ends the caller's other sessions. */
  @HttpCode(204)
  @Post('change')
  change(@Caller() caller: SignedIn, @Body() change: PasswordChange): Promise<void> {
    return this.passwords.change(caller, change);
  }

  /** Sends a letter with a link to a new password. The answer is the same whether or not the address is known. */
  @Public()
  @HttpCode(202)
  @Post('forgot')
  async forgot(@Body() { email }: EmailRequest): Promise<Accepted> {
    await this.requests.resetPassword(email);
    return { status: 'accepted' };
  }

  /** Sets a new password with the secret of the letter, and ends all sessions. It signs nobody in. */
  @Public()
  @HttpCode(204)
  @Post('reset')
  reset(@Body() reset: PasswordReset): Promise<void> {
    return this.passwords.reset(reset);
  }
}
