import { Injectable } from '@nestjs/common';
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { AuditService } from '#features/audit/audit.service';
import { SignInService } from '#features/auth/sign-in.service';
import { Database } from '#platform/database/database';
import type { Passkey } from '#platform/database/generated/client';
import type { PasskeyRequestOptions } from './passkeys.dto.js';
import { PasskeyRefused } from './passkeys.problems.js';
import { PasskeysRepository } from './passkeys.repository.js';
import { RelyingParty } from './relying-party.js';

/** Signing in with a passkey, which says itself whose it is. */
@Injectable()
export class PasskeySignInService {
  constructor(
    private readonly passkeys: PasskeysRepository,
    private readonly relyingParty: RelyingParty,
    private readonly signIn: SignInService,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  begin(): Promise<PasskeyRequestOptions> {
    return this.relyingParty.signInOptions();
  }

  /**
   * A passkey that asked for a finger or a PIN is two factors; one that only was there is one.
   * Throws `PasskeyRefused` whatever is wrong, or what `SignInService.complete` throws.
   */
  async finish(credential: object) {
    const answer = credential as AuthenticationResponseJSON;
    const passkey = await this.find(answer.id);
    const assertion = passkey && (await this.relyingParty.verifySignIn(passkey, answer));
    if (!assertion) {
      await this.audit.record('auth.passkey_failed', { subject: passkey?.userId });
      throw new PasskeyRefused();
    }
    const { newCounter, credentialBackedUp, userVerified } = assertion;
    const isUsed = await this.use(passkey, BigInt(newCounter), credentialBackedUp);
    if (!isUsed) throw new PasskeyRefused();
    return this.signIn.complete(passkey.user, { hasTwoFactors: userVerified });
  }

  private async find(credentialId: unknown) {
    if (typeof credentialId !== 'string' || !/^[\w-]{1,1400}$/.test(credentialId)) return null;
    return this.passkeys.findByCredential(credentialId);
  }

  private use({ id, userId }: Passkey, counter: bigint, isBackedUp: boolean): Promise<boolean> {
    return this.database.transaction(async () => {
      const isUsed = await this.passkeys.use(id, counter, isBackedUp, new Date());
      const action = isUsed ? 'auth.passkey_used' : 'auth.passkey_copied';
      await this.audit.record(action, { subject: userId, metadata: { passkey: id } });
      return isUsed;
    });
  }
}
