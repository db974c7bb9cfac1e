import { Injectable, type OnModuleInit } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { UsersService } from '#features/users/users.service';
import type { TokenPurpose } from '#platform/database/generated/client';
import { Mailer } from '#platform/mail/mailer';
import { defineJob } from '#platform/queue/job';
import { Queue } from '#platform/queue/queue';
import { LetterTexts } from './letter-texts.js';
import { OneTimeTokens } from './one-time-tokens.js';

export type LetterKind = keyof LetterTexts;

interface Order {
  readonly kind: LetterKind;
  /** Where it goes; the account's address unless given. */
  readonly email?: string;
  /** Whose it is; that of the address unless given. */
  readonly userId?: string;
}

/**
 * A letter to the owner of an account. What is ordered is a kind and an address, whether or not
 * anybody has it: who asks learns nothing, and the secret of a link is made when the letter is
 * written and stands nowhere but in it.
 */
export const LetterToOwner = defineJob<Order>('letter-to-owner', {
  retryLimit: 8,
  retryDelaySeconds: 30,
  expireInSeconds: 60, // of a process that is gone: people wait for these letters
});

/** Letters that hold a secret, and what it is good for. */
const PURPOSES: Partial<Record<LetterKind, TokenPurpose>> = {
  'verify-email': 'email_verification',
  'change-email': 'email_change',
  'reset-password': 'password_reset',
  'registered-again': 'password_reset',
};

@Injectable()
export class OwnerLetters implements OnModuleInit {
  constructor(
    private readonly queue: Queue,
    private readonly users: UsersService,
    private readonly tokens: OneTimeTokens,
    private readonly texts: LetterTexts,
    private readonly mailer: Mailer,
  ) {}

  onModuleInit(): void {
    this.queue.work(LetterToOwner, (order, { id }) => this.write(order, id));
  }

  private async write({ kind, userId, email: address = '' }: Order, jobId: string): Promise<void> {
    const user = userId ? await this.users.find(userId) : await this.users.findByEmail(address);
    if (!user || user.disabledAt || user.erasedAt) return;
    const email = address || user.email;
    if (kind === 'verify-email' && user.emailVerifiedAt) return;
    const purpose = PURPOSES[kind];
    const token = purpose ? await this.tokens.issue(user, purpose, email) : '';
    if (token === null) return;
    try {
      // with a token in it each try is another letter
      const id = purpose ? uuidv7() : jobId;
      await this.mailer.deliver({ id, to: email, ...this.texts[kind](token) });
    } catch (error) {
      // the next try makes another one
      if (purpose) await this.tokens.voidAllOf(user.id, purpose);
      throw error;
    }
  }
}
