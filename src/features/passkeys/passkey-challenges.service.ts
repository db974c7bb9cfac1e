import { Injectable } from '@nestjs/common';
import type { SignedIn } from '#edge/access/principal';
import { ReauthenticationService } from '#features/users/reauthentication.service';
import type { PasskeyCreationOptions } from './passkeys.dto.js';
import { TooManyPasskeys } from './passkeys.problems.js';
import { PasskeysRepository } from './passkeys.repository.js';
import { RelyingParty } from './relying-party.js';

const MOST_PASSKEYS = 20;

/** Gives challenges for new passkeys. */
@Injectable()
export class PasskeyChallengesService {
  constructor(
    private readonly passkeys: PasskeysRepository,
    private readonly relyingParty: RelyingParty,
    private readonly reauthentication: ReauthenticationService,
  ) {}

  /** Throws `ReauthenticationRequired`, `WrongPassword` or `TooManyPasskeys`. */
  async begin(caller: SignedIn, password: string | undefined): Promise<PasskeyCreationOptions> {
    await this.reauthentication.requireRecent(caller, password);
    const known = await this.passkeys.findAllOf(caller.userId);
    if (known.length >= MOST_PASSKEYS) throw new TooManyPasskeys();
    return this.relyingParty.registrationOptions(caller.userId, known);
  }
}
