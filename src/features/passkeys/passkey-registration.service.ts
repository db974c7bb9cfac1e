import { Injectable } from '@nestjs/common';
import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { v7 as uuidv7 } from 'uuid';
import { AuditService } from '#features/audit/audit.service';
import { AccountChangesService } from '#features/auth/account-changes.service';
import { Database } from '#platform/database/database';
import { PasskeyView, type NewPasskey } from './passkeys.dto.js';
import { PasskeyNotAdded } from './passkeys.problems.js';
import { PasskeysRepository } from './passkeys.repository.js';
import { RelyingParty } from './relying-party.js';

const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'];

/** Adds the passkey that answers a challenge. */
@Injectable()
export class PasskeyRegistrationService {
  constructor(
    private readonly passkeys: PasskeysRepository,
    private readonly relyingParty: RelyingParty,
    private readonly changes: AccountChangesService,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  /** Throws `PasskeyNotAdded`, or `PasskeyKnown` when any account has it. */
  async add(userId: string, { credential, name }: NewPasskey): Promise<PasskeyView> {
    const answer = credential as RegistrationResponseJSON;
    const registration = await this.relyingParty.verifyRegistration(userId, answer);
    if (!registration) throw new PasskeyNotAdded();
    const { id: credentialId, publicKey, counter, transports } = registration.credential;
    return this.database.transaction(async () => {
      const passkey = await this.passkeys.insert({
        id: uuidv7(),
        userId,
        credentialId,
        publicKey,
        counter,
        transports: knownTransports(transports),
        isBackedUp: registration.credentialBackedUp,
        name,
      });
      await this.audit.record('user.passkey_added', {
        subject: userId,
        metadata: { passkey: passkey.id },
      });
      await this.changes.tell(userId, 'passkey-added');
      return PasskeyView.of(passkey);
    });
  }
}

/** Hints for the browser that come from the client as they are. */
function knownTransports(transports: unknown): string[] {
  return Array.isArray(transports) ? TRANSPORTS.filter((it) => transports.includes(it)) : [];
}
