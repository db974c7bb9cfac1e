import { Injectable } from '@nestjs/common';
import { AuditService } from '#features/audit/audit.service';
import { AccountChangesService } from '#features/auth/account-changes.service';
import { EmailTaken } from '#features/users/users.problems';
import { UsersService } from '#features/users/users.service';
import { Database } from '#platform/database/database';
import type { Identity, User } from '#platform/database/generated/client';
import { NotFound } from '#platform/errors/problems';
import { IdentitiesRepository } from './identities.repository.js';
import { IdentityView } from './oidc.dto.js';
import { IdentityEmailUnverified, IdentityTaken, IdentityUnlinked } from './oidc.problems.js';
import type { ProvenIdentity } from './openid-provider.js';
import { profileOf, type Profile } from './profile.js';

/** Which identities at the provider sign in to which accounts. */
@Injectable()
export class IdentitiesService {
  constructor(
    private readonly identities: IdentitiesRepository,
    private readonly users: UsersService,
    private readonly changes: AccountChangesService,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  async findUser(identity: ProvenIdentity): Promise<User | null> {
    const linked = await this.identities.find(identity);
    return linked && this.users.get(linked.userId);
  }

  /**
   * Makes an account of a new identity. That the address has an account here already proves nothing
   * about the identity: whoever took the address at the provider would take the account over.
   */
  async register(identity: ProvenIdentity): Promise<User> {
    const profile = profileOf(await identity.claims());
    if (!profile) throw new IdentityEmailUnverified();
    try {
      return await this.add(identity, profile);
    } catch (error) {
      if (!(error instanceof EmailTaken) && !(error instanceof IdentityTaken)) throw error;
      // of several who come at once with one identity the first makes the account, for all of them
      const user = await this.findUser(identity);
      if (user) return user;
      throw new IdentityUnlinked({ cause: error });
    }
  }

  /** Throws `IdentityTaken`, also when it is the user's already. */
  async link(userId: string, identity: ProvenIdentity): Promise<IdentityView> {
    return this.database.transaction(async () => {
      const linked = await this.attach(userId, identity);
      await this.changes.tell(userId, 'identity-linked');
      return IdentityView.of(linked);
    });
  }

  async list(userId: string): Promise<IdentityView[]> {
    const identities = await this.identities.findByUser(userId);
    return identities.map((identity) => IdentityView.of(identity));
  }

  /** Throws `NotFound`. */
  async requireOwn(userId: string, id: string): Promise<IdentityView> {
    const identity = (await this.list(userId)).find((linked) => linked.id === id);
    if (!identity) throw new NotFound();
    return identity;
  }

  /** Throws `NotFound`, or `LastWayIn`. */
  async unlink(userId: string, id: string): Promise<void> {
    await this.database.transaction(async () => {
      const identity = await this.requireOwn(userId, id);
      await this.users.requireAnotherWayIn(userId);
      if (!(await this.identities.delete(identity, userId))) throw new NotFound();
      const metadata = { issuer: identity.issuer };
      await this.audit.record('auth.identity_unlinked', { subject: userId, metadata });
    });
  }

  private async attach(userId: string, identity: ProvenIdentity): Promise<Identity> {
    const linked = await this.identities.insert(identity, userId);
    const metadata = { issuer: identity.issuer };
    await this.audit.record('auth.identity_linked', { subject: userId, metadata });
    return linked;
  }

  private add(identity: ProvenIdentity, profile: Profile): Promise<User> {
    return this.database.transaction(async () => {
      const user = await this.users.registerVerified(profile);
      await this.attach(user.id, identity);
      return user;
    });
  }
}
