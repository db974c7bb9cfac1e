import { IsOptional } from 'class-validator';
import { Raw } from '#edge/request-guard/request-guard.decorators';
import { IsEmailAddress } from '#platform/validation/email.decorators';
import { IsText } from '#platform/validation/text.decorators';

export class MailedToken {
  /**
   * The secret of the letter.
   * @example "m3yZ0v6kXo2d1hGZ4Q8rYw5nB7tLc9aPfJ0sKxUeViE"
   */
  @Raw()
  @IsText({ max: 200 })
  token: string;
}

export class EmailRequest {
  /** @example "ada@example.com" */
  @IsEmailAddress()
  email: string;
}

export class NewEmail {
  /** @example "ada@lovelace.example" */
  @IsEmailAddress()
  email: string;

  /**
   * The account's password, once more. An account without one must have signed in just now.
   * @example "correct horse battery staple"
   */
  @IsOptional()
  @Raw()
  @IsText({ max: 1_024 })
  password?: string;
}
