import { Injectable, type OnModuleInit } from '@nestjs/common';
import { defineJob } from '../queue/job.js';
import { Queue } from '../queue/queue.js';
import { isEmailAddress } from '../validation/email.decorators.js';
import { Mailer, type Letter } from './mailer.js';

const LONGEST_SUBJECT = 200;

/** Tried ten times in two to four hours, which outlasts a greylisting and most outages. */
const SendLetter = defineJob<Letter>('send-letter', {
  retryLimit: 9,
  retryDelaySeconds: 15,
  expireInSeconds: 120,
  concurrency: 4,
});

/** Where features post their letters. */
@Injectable()
export class Letters implements OnModuleInit {
  constructor(
    private readonly queue: Queue,
    private readonly mailer: Mailer,
  ) {}

  onModuleInit(): void {
    this.queue.work(SendLetter, (letter, { id }) => this.mailer.deliver({ ...letter, id }));
  }

  /**
   * Posts a letter, within a transaction only if that is committed. Returns before it is delivered,
   * which may take hours and happens at least once.
   */
  async post({ to, subject, text, html }: Letter): Promise<void> {
    // what has more than an address in it could add recipients or headers
    if (!isEmailAddress(to)) throw new TypeError('a letter goes to one plain address');
    await this.queue.send(SendLetter, { to, subject: oneLine(subject), text, html });
  }
}

/** A line break in a subject would begin a header of the sender's choice. */
function oneLine(subject: string): string {
  return subject
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_SUBJECT);
}
