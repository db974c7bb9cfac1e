const secretParts =
  /password|passwd|passphrase|passcode|token|secret|signature|credential|apikey|privatekey|authorization|cookie/;
const secretNames = new Set(['otp', 'totp', 'pin', 'code', 'pwd', 'pass', 'jwt', 'csrf', 'hmac']);

/** Whether a field of this name holds a secret, however the name is spelt: such text is never read. */
export function isSensitive(name: string): boolean {
  const plain = name.toLowerCase().replace(/[_\-.]/g, '');
  return secretParts.test(plain) || secretNames.has(plain);
}
