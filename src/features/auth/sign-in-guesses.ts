import { Injectable } from '@nestjs/common';
import { clientOf } from '#edge/request-guard/client-of';
import { GuessesService, passwordGuesses } from '#features/users/guesses.service';
import { Config } from '#platform/config/config';
import { currentRequest } from '#platform/telemetry/request-context';
import { MailRequestsService } from './mail-requests.service.js';
import { SessionsService } from './sessions.service.js';

/** An address may be an office or a mobile operator. */
const ADDRESS_SHARE = 20;

/** Slows the guessing of passwords down, by account and by address, without shutting the owner out. */
@Injectable()
export class SignInGuesses {
  constructor(
    private readonly guesses: GuessesService,
    private readonly sessions: SessionsService,
    private readonly requests: MailRequestsService,
    private readonly config: Config,
  ) {}

  /**
   * To be called before the password is looked at. Throws `GuessingTooFast` while either the account
   * or the address has to wait. Where the owner has signed in before, guesses are counted apart from those
   * of the rest of the world, and those of an office full of people do not matter: whoever guesses
   * at other accounts or from elsewhere keeps nobody out of their own.
   */
  async begin(email: string) {
    const rule = passwordGuesses(this.config);
    const client = clientOf(currentRequest()?.address ?? '');
    const address = `address ${client}`;
    const addressRule = { ...rule, free: rule.free * ADDRESS_SHARE };
    const isFamiliar = await this.sessions.hasBeenOpenedFrom(client, email);
    const account = isFamiliar ? `account ${email} from ${client}` : `account ${email}`;
    await this.guesses.requireNoDelay(rule, account, ...(isFamiliar ? [] : [address]));
    return {
      /** The owner is told once in a row of wrong ones: when the delays begin. */
      settle: async (isRight: boolean) => {
        const failures = await this.guesses.settle(account, rule, isRight);
        if (isRight) return;
        await this.guesses.wasWrong(address, addressRule);
        if (failures === rule.free) await this.requests.warnOfGuessing(email);
      },
    };
  }
}
