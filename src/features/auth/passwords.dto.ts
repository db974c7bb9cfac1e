import { Raw } from '#edge/request-guard/request-guard.decorators';
import { IsStrongPassword } from '#platform/validation/password.decorators';
import { IsText } from '#platform/validation/text.decorators';
import { MailedToken } from './emails.dto.js';

export class PasswordChange {
  /** @example "correct horse battery staple" */
  @Raw()
  @IsText({ max: 1_024 })
  currentPassword: string;

  /** @example "quiet lantern over the harbour" */
  @Raw()
  @IsStrongPassword()
  newPassword: string;
}

export class PasswordReset extends MailedToken {
  /** @example "quiet lantern over the harbour" */
  @Raw()
  @IsStrongPassword()
  newPassword: string;
}
