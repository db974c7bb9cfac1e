import { Injectable } from '@nestjs/common';
import { timeout, TimeoutStrategy } from 'cockatiel';
import { Config } from '#platform/config/config';
import type { ProviderAnswer } from './oidc.dto.js';
import { IdentityUnproven } from './oidc.problems.js';
import { ProviderClients, type ProviderClient } from './provider-clients.js';
import { toProviderProblem } from './provider-failure.js';

const TIMEOUT_MS = 5_000;
const LONGEST_SUBJECT = 255; // OpenID Connect Core, section 2

/** What we must remember to believe the answer to a request. */
export interface Expectation {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** What a provider says of a person. */
export type ProviderClaims = Readonly<Record<string, unknown>>;

/** Somebody who proved to the provider who they are. */
export interface ProvenIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** Asks the provider once more where the proof itself says no address. */
  claims(): Promise<ProviderClaims>;
}

/**
 * The authorisation code flow with PKCE. Each call takes five seconds at most, whatever the
 * provider does, and throws `ExternalServiceFailed`.
 */
@Injectable()
export class OpenIdProvider {
  private readonly limit = timeout(TIMEOUT_MS, TimeoutStrategy.Aggressive);

  constructor(
    private readonly config: Config,
    private readonly clients: ProviderClients,
  ) {}

  /** A request to send the browser to the provider with. */
  request(): Promise<{ authorizationUrl: string; expectation: Expectation }> {
    return this.call(async ({ openid, configuration }) => {
      const expectation = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        codeVerifier: openid.randomPKCECodeVerifier(),
      };
      const url = openid.buildAuthorizationUrl(configuration, {
        redirect_uri: this.redirectUrl().href,
        scope: this.config.OIDC_SCOPES,
        state: expectation.state,
        nonce: expectation.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(expectation.codeVerifier),
        code_challenge_method: 'S256',
      });
      return { authorizationUrl: url.href, expectation };
    });
  }

  /** Trades the code for an ID token, which is valid and the answer to our request. Throws `IdentityUnproven`. */
  redeem(answer: ProviderAnswer, expectation: Expectation): Promise<ProvenIdentity> {
    return this.call(async ({ openid, configuration }) => {
      const tokens = await openid.authorizationCodeGrant(configuration, this.redirectUrl(answer), {
        idTokenExpected: true,
        expectedState: expectation.state,
        expectedNonce: expectation.nonce,
        pkceCodeVerifier: expectation.codeVerifier,
      });
      const proof = tokens.claims()!;
      if (proof.sub.length > LONGEST_SUBJECT) throw new IdentityUnproven();
      return {
        issuer: proof.iss,
        subject: proof.sub,
        claims: () =>
          proof.email === undefined
            ? this.userInfo(tokens.access_token, proof.sub)
            : Promise.resolve(proof),
      };
    });
  }

  private userInfo(accessToken: string, subject: string): Promise<ProviderClaims> {
    return this.call(async ({ openid, configuration }) =>
      configuration.serverMetadata().userinfo_endpoint === undefined
        ? {}
        : openid.fetchUserInfo(configuration, accessToken, subject),
    );
  }

  private redirectUrl({ code, state, iss }: Partial<ProviderAnswer> = {}): URL {
    const url = new URL(this.config.OIDC_REDIRECT_URL ?? '');
    const query = Object.entries({ code, state, iss });
    for (const [name, value] of query) if (value !== undefined) url.searchParams.set(name, value);
    return url;
  }

  private async call<T>(work: (client: ProviderClient) => Promise<T>): Promise<T> {
    try {
      return await this.limit.execute(async () => work(await this.clients.current()));
    } catch (error) {
      throw toProviderProblem(error);
    }
  }
}
