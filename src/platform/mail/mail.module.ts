import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Log } from '../logging/log.js';
import { Letters } from './letters.js';
import { Mailer } from './mailer.js';
import { OutboxMailer } from './outbox-mailer.js';
import { SmtpMailer } from './smtp-mailer.js';

@Global()
@Module({
  providers: [
    Letters,
    {
      provide: Mailer,
      useFactory: (config: Config, log: Log) =>
        config.SMTP_URL
          ? new SmtpMailer(config, log, config.SMTP_URL)
          : new OutboxMailer(config, log),
      inject: [Config, Log],
    },
  ],
  exports: [Letters, Mailer],
})
export class MailModule {}
