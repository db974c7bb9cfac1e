import { IsOptional } from 'class-validator';
import type { User } from '#platform/database/generated/client';
import { Role } from '#platform/database/generated/enums';
import { IsCursor, PageQuery } from '#platform/database/page';
import { IsEmailAddress } from '#platform/validation/email.decorators';
import { UUID } from '#platform/validation/id.decorators';

export class UserView {
  /** @example "019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11" */
  id: string;
  /** @example "ada@example.com" */
  email: string;
  /** @example "Ada Lovelace" */
  name: string | null;
  role: Role;
  /**
   * The organisation that the user belongs to.
   * @example "trattoria-da-ada"
   */
  tenant: string | null;
  emailVerified: boolean;
  /** Whether an administrator has shut it out. */
  disabled: boolean;
  createdAt: Date;

  static of({ emailVerifiedAt, disabledAt, ...user }: User): UserView {
    const { id, email, name, role, tenant, createdAt } = user;
    const emailVerified = emailVerifiedAt !== null;
    const disabled = disabledAt !== null;
    return { id, email, name, role, tenant, emailVerified, disabled, createdAt };
  }
}

export class UsersQuery extends PageQuery {
  /**
   * Only the account with this address.
   * @example "ada@example.com"
   */
  @IsOptional()
  @IsEmailAddress()
  email?: string;

  /** The nextCursor of the page before. */
  @IsOptional()
  @IsCursor('string', UUID)
  cursor?: string;
}

export class UsersPage {
  items: UserView[];
  /** Give it as cursor to get the next page; null at the end. */
  nextCursor: string | null;
}
