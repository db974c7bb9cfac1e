import { describe, expect, it } from 'vitest';
import { newRecoveryCodes, recoveryCodeHash } from './recovery-codes.js';

describe('recovery codes', () => {
  it('are ten, of 16 characters of which each takes all 32 values', () => {
    const codes = Array.from({ length: 100 }, newRecoveryCodes).flat();
    expect(new Set(codes).size).toBe(1_000);
    const plain = codes.map((code) => code.replaceAll('-', ''));
    for (let i = 0; i < 16; i++) {
      expect(new Set(plain.map((code) => code[i])).size).toBe(32);
    }
  });

  it('are the same however they are read off paper, and differ by owner', () => {
    const hash = recoveryCodeHash('ada', 'k7m10qxp');
    expect(recoveryCodeHash('ada', 'K7MLOQXP')).toBe(hash);
    expect(recoveryCodeHash('ada', 'k7miOqxp')).toBe(hash);
    expect(recoveryCodeHash('bob', 'k7m10qxp')).not.toBe(hash);
    expect(hash).not.toContain('k7m');
  });
});
