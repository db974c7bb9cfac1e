import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsEmail, MaxLength } from 'class-validator';

/** One account is one address, in whatever case and Unicode form it is typed. */
export function normaliseEmail(email: string): string {
  // composed last: lower case may be one character where upper case takes two
  return email.trim().toLowerCase().normalize('NFC');
}

/** An e-mail address, normalised before it is checked. At most 254 characters (RFC 5321). */
export function IsEmailAddress(): PropertyDecorator {
  return applyDecorators(
    // broken Unicode becomes no address at all: the check itself would throw on it
    Transform(({ value }) =>
      typeof value === 'string' && value.isWellFormed() ? normaliseEmail(value) : null,
    ),
    IsEmail({ allow_utf8_local_part: true }),
    MaxLength(254),
  );
}
