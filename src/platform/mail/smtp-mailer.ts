import type { OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import type { Config } from '../config/config.js';
import type { Log } from '../logging/log.js';
import { HopelessJob } from '../queue/job.js';
import { Mailer, type PostedLetter } from './mailer.js';
import { maskAddress } from './mask-address.js';
import { smtpServer } from './smtp-server.js';

/** What nodemailer says of a failure. */
interface SmtpError extends Error {
  /** Whether the server refused for good; unset when it said nothing. */
  readonly permanent?: boolean;
  readonly command?: string;
}

/** Gives letters to the server in SMTP_URL, over a few connections that are kept for a while. */
export class SmtpMailer extends Mailer implements OnApplicationShutdown {
  private readonly transport;

  constructor(
    private readonly config: Config,
    private readonly log: Log,
    url: string,
  ) {
    super();
    this.transport = createTransport({
      ...smtpServer(url, config.NODE_ENV),
      tls: { minVersion: 'TLSv1.2' },
      pool: true,
      maxConnections: 4,
      maxRequeues: 1, // a connection that broke while idle; beyond that the queue tries again
      idleTimeout: 30_000,
      dnsTimeout: 10_000,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 30_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async deliver({ id, to, subject, text, html }: PostedLetter): Promise<void> {
    try {
      await this.transport.sendMail({
        from: this.config.MAIL_FROM,
        to: { name: '', address: to }, // not parsed, so one recipient whatever stands in it
        // of two that are the same letter, servers and readers show one
        messageId: `<${id}@${domainOf(this.config.MAIL_FROM)}>`,
        subject,
        text,
        html,
        headers: { 'Auto-Submitted': 'auto-generated' }, // RFC 3834: no answer from an absence note
      });
    } catch (error) {
      throw explain(error as SmtpError, to);
    }
    this.log.info({ to: maskAddress(to) }, 'a letter was handed to the mail server');
  }

  onApplicationShutdown(): void {
    this.transport.close();
  }
}

/** Of an address that may have a name before it. */
function domainOf(mailbox: string): string {
  return /@([^\s>]+)/.exec(mailbox)![1]!;
}

/**
 * Servers quote the address they refuse, which the log has only masked. What they refuse for good
 * is not offered again (RFC 5321, 4.2.1), unless it is us whom they refuse: that can be mended.
 */
function explain({ message, permanent, command = '' }: SmtpError, to: string): Error {
  const reason = message.replaceAll(to, maskAddress(to));
  const isAboutLetter = permanent === true && ['RCPT TO', 'DATA'].includes(command);
  return isAboutLetter ? new HopelessJob(reason) : new Error(reason);
}
