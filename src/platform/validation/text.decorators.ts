import { ValidateBy } from 'class-validator';

/** Text that PostgreSQL can store and give back unchanged: no NUL, no half of a surrogate pair. */
export function IsStorableText(): PropertyDecorator {
  return ValidateBy({
    name: 'isStorableText',
    validator: {
      validate: (value) =>
        typeof value === 'string' && !value.includes('\0') && value.isWellFormed(),
      defaultMessage: (args) =>
        `${args?.property} must be text without NUL characters or broken Unicode`,
    },
  });
}
