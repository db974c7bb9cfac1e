import { Role } from '#platform/database/generated/enums';
import { IsOneOf } from '#platform/validation/choice.decorators';

export class NewRole {
  @IsOneOf(Role)
  role: Role;
}
