import { Injectable } from '@nestjs/common';
import type { SignedIn } from '#edge/access/principal';
import { AuditService } from '#features/audit/audit.service';
import { SignInService } from '#features/auth/sign-in.service';
import { ReauthenticationService } from '#features/users/reauthentication.service';
import { Problem } from '#platform/errors/problem';
import { IdentitiesService } from './identities.service.js';
import type { FlowStart, IdentityView, ProviderAnswer } from './oidc.dto.js';
import { OidcFlow } from './oidc-flow.js';

/** Signing in with the provider, and the owner's say about which identities may. */
@Injectable()
export class OidcService {
  constructor(
    private readonly flow: OidcFlow,
    private readonly identities: IdentitiesService,
    private readonly signIn: SignInService,
    private readonly reauthentication: ReauthenticationService,
    private readonly audit: AuditService,
  ) {}

  start(browser: string): Promise<FlowStart> {
    return this.flow.begin('oidc', { browser });
  }

  /** Signs in to the account of the identity, which is made if there is none. */
  async complete(browser: string | undefined, answer: ProviderAnswer) {
    const user = await this.recordRefusal(async () => {
      const identity = await this.flow.end('oidc', { browser }, answer);
      return (await this.identities.findUser(identity)) ?? this.identities.register(identity);
    });
    await this.audit.record('auth.identity_used', { actor: user.id, subject: user.id });
    return this.signIn.complete(user);
  }

  /** Begins to link an identity, which takes the owner's consent: this call, by one who just signed in. */
  async startLink(
    caller: SignedIn,
    password: string | undefined,
    browser: string,
  ): Promise<FlowStart> {
    await this.reauthentication.requireRecent(caller, password);
    return this.flow.begin('oidc-link', { browser, sessionId: caller.session.id });
  }

  /** In the session that began it: one that was revoked meanwhile, a thief's say, ends nothing. */
  completeLink(
    { userId, session }: SignedIn,
    browser: string | undefined,
    answer: ProviderAnswer,
  ): Promise<IdentityView> {
    return this.recordRefusal(async () => {
      const owner = { browser, sessionId: session.id };
      return this.identities.link(userId, await this.flow.end('oidc-link', owner, answer));
    });
  }

  list(userId: string): Promise<IdentityView[]> {
    return this.identities.list(userId);
  }

  async unlink(caller: SignedIn, password: string | undefined, id: string): Promise<void> {
    await this.identities.requireOwn(caller.userId, id);
    await this.reauthentication.require(caller, password);
    await this.identities.unlink(caller.userId, id);
  }

  private async recordRefusal<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Problem && error.status < 500) {
        await this.audit.record('auth.identity_refused', { metadata: { reason: error.slug } });
      }
      throw error;
    }
  }
}
