import { createPrivateKey } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { isIP } from 'node:net';
import { isEmail, ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import type { Rate } from './parsers.js';

function hasProtocol(value: unknown, ...protocols: string[]): URL | null {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null;
  return url && protocols.includes(url.protocol) ? url : null;
}

@ValidatorConstraint()
export class DatabaseAddress implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    const url = hasProtocol(value, 'postgres:', 'postgresql:');
    return value === 'embedded' || (url !== null && url.pathname.length > 1);
  }
}

@ValidatorConstraint()
export class RedisAddress implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return hasProtocol(value, 'redis:', 'rediss:') !== null;
  }
}

const THIS_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Where secrets may go: by https, or not beyond this machine. Without a query, since one is added to it. */
@ValidatorConstraint()
export class SafeAddress implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    const url = hasProtocol(value, 'https:', 'http:');
    if (!url || url.search || url.hash || url.username || url.password) return false;
    return url.protocol === 'https:' || THIS_MACHINE.has(url.hostname);
  }
}

/** What is posted there is signed; a secret of the receiver's may be in the path or the query. */
@ValidatorConstraint()
export class WebhookAddress implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    const url = hasProtocol(value, 'https:', 'http:');
    // fetch() refuses what has a user in it
    return url !== null && !url.username && !url.password;
  }
}

@ValidatorConstraint()
export class OpenIdScopes implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    const scopes = typeof value === 'string' ? value.split(' ') : [];
    // RFC 6749, section 3.3
    return (
      scopes.includes('openid') &&
      scopes.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))
    );
  }
}

@ValidatorConstraint()
export class MailServerAddress implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    const url = hasProtocol(value, 'smtp:', 'smtps:');
    return url !== null && url.hostname !== '' && isDecodable(url.username + url.password);
  }
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** `ada@example.com` or `Ada <ada@example.com>`, with nothing that a header would end or go on at. */
@ValidatorConstraint()
export class Mailbox implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    const match = /^(?:[^\p{C}<>",;:@\\]{1,100} <([^<>]+)>|([^<>]+))$/u.exec(String(value));
    return match !== null && isEmail(match[1] ?? match[2]);
  }
}

/** Pages that a path can be put behind. */
@ValidatorConstraint()
export class PagesAddress implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    const url = hasProtocol(value, 'http:', 'https:');
    return url !== null && !/[?#]/.test(String(value)) && !url.username && !url.password;
  }
}

@ValidatorConstraint()
export class Origins implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return (
      Array.isArray(value) &&
      value.every((origin) => origin === '*' || isOrigin(origin) || isOriginPattern(origin))
    );
  }
}

@ValidatorConstraint()
export class ExactOrigins implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return Array.isArray(value) && value.every(isOrigin);
  }
}

function isOrigin(value: unknown): boolean {
  // an asterisk may stand in the host of a URL, and would pass for a name
  const url = hasProtocol(value, 'http:', 'https:');
  return url?.origin === value && !url?.host.includes('*');
}

/** `https://*.example.com`: at least two labels stay, since `https://*.com` is everybody. */
function isOriginPattern(value: unknown): boolean {
  const [scheme, rest, ...more] = typeof value === 'string' ? value.split('*.') : [];
  if (scheme !== 'https://' || rest === undefined || more.length > 0) return false;
  return isOrigin(`https://${rest}`) && /^[^:]+\.[a-z][a-z\d-]*(:|$)/.test(rest);
}

@ValidatorConstraint()
export class ReadableFile implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    try {
      accessSync(String(value), constants.R_OK);
      return true;
    } catch {
      return false;
    }
  }
}

@ValidatorConstraint()
export class ProxyList implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    if (typeof value === 'number') return value <= 16;
    return Array.isArray(value) && value.length > 0 && value.every(isAddressRange);
  }
}

@ValidatorConstraint()
export class AddressRanges implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return Array.isArray(value) && value.every(isAddressRange);
  }
}

function isAddressRange(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
  );
}

@ValidatorConstraint()
export class EmailAddress implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return isEmail(value, { allow_utf8_local_part: true });
  }
}

@ValidatorConstraint()
export class RateValue implements ValidatorConstraintInterface {
  validate(value: Rate | undefined): boolean {
    return value !== undefined && value.limit >= 1;
  }
}

@ValidatorConstraint()
export class SigningKeys implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return Array.isArray(value) && value.length > 0 && value.every(isEd25519Key);
  }
}

function isEd25519Key(value: string): boolean {
  try {
    const key = createPrivateKey({
      key: Buffer.from(value, 'base64'),
      format: 'der',
      type: 'pkcs8',
    });
    return key.asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}

/** `id:base64` of 32 bytes. */
export const ENCRYPTION_KEY = /^([\w-]{1,32}):([\w+/]{43}=)$/;

@ValidatorConstraint()
export class EncryptionKeys implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    if (!Array.isArray(value) || value.length === 0) return false;
    const ids = value.map((entry) => ENCRYPTION_KEY.exec(String(entry))?.[1]);
    return !ids.includes(undefined) && new Set(ids).size === ids.length;
  }
}
