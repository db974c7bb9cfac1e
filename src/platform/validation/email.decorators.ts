import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsEmail, MaxLength } from 'class-validator';

/** One account is one address, in whatever case and Unicode form it is typed. */
export function normaliseEmail(email: string): string {
  return email.normalize('NFC').trim().toLowerCase();
}

/** An e-mail address, normalised before it is checked. At most 254 characters (RFC 5321). */
export function IsEmailAddress(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (typeof value === 'string' ? normaliseEmail(value) : value)),
    IsEmail({ allow_utf8_local_part: true }),
    MaxLength(254),
  );
}
