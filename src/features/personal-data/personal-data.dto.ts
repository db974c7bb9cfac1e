import { IsOptional } from 'class-validator';
import { Raw } from '#edge/request-guard/request-guard.decorators';
import { IsText } from '#platform/validation/text.decorators';

/** The owner, asked again. */
export class Confirmation {
  /**
   * Of the account, if it has one.
   * @example "correct horse battery staple"
   */
  @IsOptional()
  @Raw()
  @IsText({ max: 1_024 })
  password?: string;
}

export class DeletionView {
  /** Until then signing in brings the account back; after it nothing does. */
  eraseAfter: Date;
}
