import { Role } from '#platform/database/generated/enums';
import { ValidateIf } from 'class-validator';
import { IsOneOf } from '#platform/validation/choice.decorators';
import { IsSlug } from '#platform/validation/text.decorators';

export class NewRole {
  @IsOneOf(Role)
  role: Role;
}

const LONGEST_TENANT = 40;

export class NewTenant {
  /** Null for none. */
  @ValidateIf(({ tenant }: NewTenant) => tenant !== null)
  @IsSlug({ max: LONGEST_TENANT })
  tenant: string | null;
}
