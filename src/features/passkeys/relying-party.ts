import { Injectable } from '@nestjs/common';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
  type VerifiedAuthenticationResponse,
  type VerifiedRegistrationResponse,
} from '@simplewebauthn/server';
import { CEREMONY_TTL_MS, CeremoniesService } from '#features/auth/ceremonies.service';
import { UsersService } from '#features/users/users.service';
import { Config } from '#platform/config/config';
import { productName } from '#platform/config/version';
import type { Passkey } from '#platform/database/generated/client';
import { Problem } from '#platform/errors/problem';
import { PasskeysOff } from './passkeys.problems.js';

const REGISTRATION = 'passkey.registration';
const SIGN_IN = 'passkey.sign-in';
const ALGORITHMS = [-8, -7, -257]; // EdDSA, ES256, RS256

type Registration = NonNullable<VerifiedRegistrationResponse['registrationInfo']>;
type Assertion = VerifiedAuthenticationResponse['authenticationInfo'];

/**
 * This service as passkeys know it: what it asks of them, and whether their answer is one. Each
 * challenge is for one purpose, one user and one answer, right or wrong.
 */
@Injectable()
export class RelyingParty {
  constructor(
    private readonly config: Config,
    private readonly ceremonies: CeremoniesService,
    private readonly users: UsersService,
  ) {}

  /** What a browser needs to make a passkey for the user that none of the `known` authenticators has yet. */
  async registrationOptions(userId: string, known: Passkey[]) {
    const { email } = await this.users.get(userId);
    const options = await generateRegistrationOptions({
      rpID: this.id,
      rpName: productName,
      userID: handleOf(userId),
      userName: email,
      timeout: CEREMONY_TTL_MS,
      excludeCredentials: known.map(({ credentialId, transports }) => ({
        id: credentialId,
        transports,
      })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
      supportedAlgorithmIDs: ALGORITHMS,
    });
    await this.ceremonies.begin({ kind: REGISTRATION, key: options.challenge, userId });
    return options;
  }

  /** What a browser needs to sign in with whatever passkey it has: the same for everybody. */
  async signInOptions() {
    const options = await generateAuthenticationOptions({
      rpID: this.id,
      timeout: CEREMONY_TTL_MS,
      userVerification: 'preferred',
    });
    await this.ceremonies.begin({ kind: SIGN_IN, key: options.challenge });
    return options;
  }

  /** The new passkey, or null when the answer is none to a challenge of this user. */
  async verifyRegistration(
    userId: string,
    response: RegistrationResponseJSON,
  ): Promise<Registration | null> {
    const { id, origins } = this;
    const result = await orNull(() =>
      verifyRegistrationResponse({
        response,
        expectedChallenge: async (challenge) =>
          (await this.take(REGISTRATION, challenge)) === userId,
        expectedOrigin: origins,
        expectedRPID: id,
        requireUserVerification: false,
        supportedAlgorithmIDs: ALGORITHMS,
      }),
    );
    const isNamed = result?.registrationInfo?.credential.id === response.id;
    return result?.verified && isNamed ? result.registrationInfo : null;
  }

  /** What the passkey signed, or null when that is no answer to a challenge. The counter is not compared. */
  async verifySignIn(
    { credentialId, publicKey, userId }: Passkey,
    response: AuthenticationResponseJSON,
  ): Promise<Assertion | null> {
    const { id, origins } = this;
    const result = await orNull(() =>
      verifyAuthenticationResponse({
        response,
        expectedChallenge: async (challenge) => (await this.take(SIGN_IN, challenge)) === null,
        expectedOrigin: origins,
        expectedRPID: id,
        // the library would compare before it checks the signature, and anybody could set off the alarm
        credential: { id: credentialId, publicKey: new Uint8Array(publicKey), counter: 0 },
        requireUserVerification: false,
      }),
    );
    if (!result?.verified) return null;
    const { userHandle } = response.response;
    const handle = Buffer.from(handleOf(userId)).toString('base64url');
    return userHandle === undefined || userHandle === handle ? result.authenticationInfo : null;
  }

  /** Whose challenge it was: null for everybody's, undefined when there is no such challenge. */
  private async take(kind: string, challenge: string): Promise<string | null | undefined> {
    return (await this.ceremonies.take(kind, challenge))?.userId;
  }

  private get id(): string {
    if (!this.config.WEBAUTHN_RP_ID) throw new PasskeysOff();
    return this.config.WEBAUTHN_RP_ID;
  }

  private get origins(): string[] {
    return this.config.WEBAUTHN_ORIGINS;
  }
}

/** What the authenticator keeps of the user, and shows to nobody. */
function handleOf(userId: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(userId.replaceAll('-', ''), 'hex'));
}

/** The library throws whatever is wrong with an answer; what is wrong with us passes through. */
async function orNull<T>(verify: () => Promise<T>): Promise<T | null> {
  try {
    return await verify();
  } catch (error) {
    if (error instanceof Problem) throw error;
    return null;
  }
}
