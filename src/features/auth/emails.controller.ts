import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Caller, Public } from '#edge/access/access.decorators';
import type { SignedIn } from '#edge/access/principal';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { Accepted } from './auth.dto.js';
import { EmailRequest, MailedToken, NewEmail } from './emails.dto.js';
import { EmailsService } from './emails.service.js';
import { MailRequestsService } from './mail-requests.service.js';

@RateLimit('auth')
@Controller('auth/email')
export class EmailsController {
  constructor(
    private readonly emails: EmailsService,
    private readonly requests: MailRequestsService,
  ) {}

  /** Proves an address with the secret that was sent to it. */
  @Public()
  @HttpCode(204)
  @Post('verify')
  verify(@Body() { token }: MailedToken): Promise<void> {
    return this.emails.verify(token);
  }

  /** Sends the letter again. The answer is the same whether or not the address is known. */
  @Public()
  @HttpCode(202)
  @Post('resend')
  async resend(@Body() { email }: EmailRequest): Promise<Accepted> {
    await this.requests.verifyEmail(email);
    return { status: 'accepted' };
  }

  /** Writes to a new address, which becomes the account's once it is proved. */
  @HttpCode(202)
  @Post('change')
  async change(@Caller() caller: SignedIn, @Body() change: NewEmail): Promise<Accepted> {
    await this.requests.changeEmail(caller, change);
    return { status: 'accepted' };
  }
}
