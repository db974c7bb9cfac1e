const wholeBase64 = /^[a-z0-9+/]{12,4096}={0,2}$/i;
const printable = /^[\t\n\r\x20-\x7e]+$/;

/** What the text says if all of it is Base64 of printable ASCII; null otherwise. */
export function decodeBase64(text: string): string | null {
  if (text.length % 4 !== 0 || !wholeBase64.test(text)) return null;
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  return printable.test(decoded) ? decoded : null;
}
