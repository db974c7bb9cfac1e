// "max" knows every number range of every country; "min" knows little more than their lengths
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import { fieldRule, type OfEach } from './field-rule.js';

const TYPED = /^[+\d ()./-]{3,40}$/;

/** A telephone number that can exist, kept in E.164 (`+493012345678`); without `country` it has to begin with +. */
export function IsPhone({ country, each }: OfEach & { country?: CountryCode } = {}) {
  return fieldRule({
    name: 'isPhone',
    each,
    reads: (value) => e164Of(value, country) ?? value,
    takes: (value) => e164Of(value) === value,
    wants: country
      ? 'must be a telephone number'
      : 'must be a telephone number with its country code, such as +493012345678',
    schema: { type: 'string', maxLength: 40, example: '+493012345678' },
  });
}

function e164Of(value: unknown, country?: CountryCode): string | undefined {
  if (typeof value !== 'string' || !TYPED.test(value)) return undefined;
  const phone = parsePhoneNumberFromString(value, {
    extract: false,
    ...(country && { defaultCountry: country }),
  });
  return phone?.isValid() && !phone.ext ? phone.number : undefined;
}
