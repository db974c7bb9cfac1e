const secretParts =
  /password|passwd|passphrase|passcode|token|secret|signature|credential|apikey|privatekey|authorization|cookie/;
const secretNames = new Set(['otp', 'totp', 'pin', 'code', 'pwd', 'pass', 'jwt', 'csrf', 'hmac']);
const known = new Map<string, boolean>();
const MOST_KNOWN = 2_000;

/** Whether a field of this name holds a secret, however the name is spelt: such text is never read. */
export function isSensitive(name: string): boolean {
  let answer = known.get(name);
  if (answer === undefined) {
    const plain = name.toLowerCase().replace(/[_\-.]/g, '');
    answer = secretParts.test(plain) || secretNames.has(plain);
    if (known.size < MOST_KNOWN && name.length <= 64) known.set(name, answer);
  }
  return answer;
}
