import { Injectable } from '@nestjs/common';
import { CeremoniesService } from '#features/auth/ceremonies.service';
import { OpenIdProvider, type Expectation, type ProvenIdentity } from './openid-provider.js';
import type { FlowStart, ProviderAnswer } from './oidc.dto.js';
import { FlowUnknown } from './oidc.problems.js';

export const FLOW_TTL_SECONDS = 600;

/** What a flow is for; one that was begun for one end is good for no other. */
export type FlowKind = 'oidc' | 'oidc-link';

/** Who may end what was begun: the browser, and, of a signed-in owner, the session too. */
export interface FlowOwner {
  readonly browser: string;
  readonly sessionId?: string;
}

/** The way to the provider and back. What was begun is ended once, by its owner, within ten minutes. */
@Injectable()
export class OidcFlow {
  constructor(
    private readonly provider: OpenIdProvider,
    private readonly ceremonies: CeremoniesService,
  ) {}

  async begin(kind: FlowKind, owner: FlowOwner): Promise<FlowStart> {
    const { authorizationUrl, expectation } = await this.provider.request();
    const { state, nonce, codeVerifier } = expectation;
    await this.ceremonies.begin({
      kind,
      key: keyOf(state, owner),
      data: { nonce, codeVerifier },
      ttlMs: FLOW_TTL_SECONDS * 1_000,
    });
    return { authorizationUrl };
  }

  /** Throws `FlowUnknown`, `IdentityUnproven` or `ExternalServiceFailed`. */
  async end(
    kind: FlowKind,
    owner: Partial<FlowOwner>,
    answer: ProviderAnswer,
  ): Promise<ProvenIdentity> {
    const { browser, sessionId } = owner;
    if (browser === undefined) throw new FlowUnknown();
    const key = keyOf(answer.state, { browser, sessionId });
    const ceremony = await this.ceremonies.take(kind, key);
    if (!ceremony) throw new FlowUnknown();
    const { nonce, codeVerifier } = ceremony.data as Omit<Expectation, 'state'>;
    return this.provider.redeem(answer, { state: answer.state, nonce, codeVerifier });
  }
}

/** Made of all that has to be brought back: who lacks a part finds nothing, and takes nothing away either. */
function keyOf(state: string, { browser, sessionId = '' }: FlowOwner): string {
  return [state, browser, sessionId].join('.');
}
