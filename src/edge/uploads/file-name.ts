import { MalformedRequest } from '#platform/errors/problems';

const LONGEST_NAME = 255; // of a file, on every system
const PLAIN = /(?:^|;)\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i;
const EXTENDED = /(?:^|;)\s*filename\*\s*=\s*utf-8'[\w-]*'([^\s;]+)/i;
/** What makes of a name a path, a command for a terminal, or another name than the one that is seen. */
const UNSAFE = /[/\\\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]|^\.{1,2}$|^$/u;

/**
 * What the client calls its file, from `Content-Disposition` (RFC 6266); null when it does not say.
 * For people to read: names of files on our disk are made by us. Throws `MalformedRequest`.
 */
export function fileNameOf(disposition: string | undefined): string | null {
  if (disposition === undefined) return null;
  const extended = EXTENDED.exec(disposition)?.[1];
  const [, quoted, token] = PLAIN.exec(disposition) ?? [];
  const plain = quoted?.replace(/\\(.)/g, '$1') ?? token;
  const name = extended === undefined ? plain : decoded(extended);
  if (name === undefined) return null;
  if (Buffer.byteLength(name) > LONGEST_NAME || UNSAFE.test(name) || !name.isWellFormed()) {
    throw new MalformedRequest({ detail: 'The name of the file must be a name, not a path.' });
  }
  return name.normalize('NFC');
}

function decoded(extended: string): string {
  try {
    return decodeURIComponent(extended);
  } catch (error) {
    throw new MalformedRequest({ detail: 'The name of the file cannot be read.', cause: error });
  }
}
