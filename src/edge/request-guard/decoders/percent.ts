const escape = /%(?:u([0-9a-f]{4})|([0-9a-f]{2}))/gi;
// What bytes of well-formed UTF-8 look like when each is read as a character of its own.
const utf8 = /[\u00c2-\u00df][\u0080-\u00bf]|[\u00e1-\u00ef][\u0080-\u00bf]{2}/g;

/**
 * Percent-decoding as the most lenient server would do it: UTF-8, `%uXXXX` (IIS), and overlong UTF-8
 * such as `%c0%af` for `/`, which strict decoders refuse and old ones accept.
 */
export function decodePercent(text: string): string {
  const bytesAsText = text.replace(escape, (_match, wide?: string, byte?: string) =>
    wide
      ? String.fromCharCode(Number.parseInt(wide, 16))
      : String.fromCharCode(Number.parseInt(byte ?? '', 16)),
  );
  if (bytesAsText === text) return text;
  return decodeOverlong(
    bytesAsText.replace(utf8, (bytes) => Buffer.from(bytes, 'latin1').toString()),
  );
}

/**
 * Folds `C0 xx` and `C1 xx`, which no valid UTF-8 contains, and `E0 80 xx` to the character that they smuggle. Scanners
 * also send a second byte without its continuation bit (`%c0%2f`), so only its low bits count.
 */
function decodeOverlong(text: string): string {
  return text.replace(
    /[\u00c0\u00c1]([\u0000-\u00ff])|(?:\u00e0|\u00f0\u0080)\u0080([\u0080-\u00bf])/g, // eslint-disable-line no-control-regex
    (match, two?: string, three?: string) => {
      const last = two ?? three ?? '';
      const code = last.charCodeAt(0);
      if (three === undefined && code < 0x80) return last;
      const high = match.charCodeAt(0) === 0xc1 ? 0x40 : 0;
      return String.fromCharCode(high | (code & 0x3f));
    },
  );
}
