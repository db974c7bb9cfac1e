// Horizontal tab, line feed and carriage return are layout that people type; the rest of C0 is not.
// eslint-disable-next-line no-control-regex
export const refusedControls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;
const loneSurrogates = /\p{Surrogate}/gu;
const beyondLatin = /[^\u0000-\u00ff]/; // eslint-disable-line no-control-regex

/**
 * The text as it may be stored: Unicode NFC, without NUL and the other C0 controls, and with lone
 * surrogates, which UTF-8 cannot carry, shown as U+FFFD. All other text is returned unchanged.
 */
export function normaliseText(text: string): string {
  const printable = text.replace(refusedControls, '');
  // Everything up to U+00FF is NFC already.
  if (!beyondLatin.test(printable)) return printable;
  return printable.replace(loneSurrogates, '\ufffd').normalize('NFC');
}
