import { isIP } from 'node:net';
import { fieldRule, type OfEach } from './field-rule.js';
import { isPublicAddress, isPublicHostname } from './public-address.js';

const MAX_LENGTH = 2_048;
/** Only what stays as it is typed: URL drops line breaks and turns back-slashes round. */
const SPELT_OUT = /^https?:\/\/[^\s\p{C}\\]+$/iu;

/**
 * A http or https address without credentials. With `fetched`, for an address that the server itself
 * will call, no host inside any network (SSRF); a name may still lead there, so check what it resolves
 * to with `isPublicAddress()` when you connect.
 */
export function IsWebUrl({ fetched, each }: OfEach & { fetched?: boolean } = {}) {
  return fieldRule({
    name: 'isWebUrl',
    each,
    takes: (value) => {
      const url = webUrl(value);
      return url !== null && (!fetched || isOutside(url, value as string));
    },
    wants: `must be a http or https address${fetched ? ' on the public internet' : ''}, without user name and password`,
    schema: { type: 'string', format: 'uri', maxLength: MAX_LENGTH },
  });
}

function webUrl(value: unknown): URL | null {
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return null;
  if (!SPELT_OUT.test(value) || !URL.canParse(value)) return null;
  const url = new URL(value);
  const authority = value.split(/[/?#]/, 3)[2] ?? '';
  return authority.includes('@') ? null : url;
}

function isOutside({ hostname }: URL, typed: string): boolean {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) === 0) return isPublicHostname(hostname);
  // 2130706433, 0x7f.1 and 0177.1 are 127.0.0.1 to URL: whoever writes so has something to hide
  return isPublicAddress(address) && (isIP(address) === 6 || typed.includes(`//${address}`));
}
