import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seal, unseal } from './aes-gcm.js';

interface Vector {
  readonly key: string;
  readonly iv: string;
  readonly plaintext: string;
  readonly aad: string;
  readonly ciphertext: string;
  readonly tag: string;
}

const KEY = 'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308';
const IV = 'cafebabefacedbaddecaf888';
const TEXT =
  'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39';
const CIPHERTEXT =
  '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662';

/** McGrew and Viega, The Galois/Counter Mode of Operation, appendix B: the cases with 256 and 96 bits. */
const VECTORS: Record<string, Vector> = {
  'case 13': {
    key: '00'.repeat(32),
    iv: '00'.repeat(12),
    plaintext: '',
    aad: '',
    ciphertext: '',
    tag: '530f8afbc74536b9a963b4f1c4cb738b',
  },
  'case 14': {
    key: '00'.repeat(32),
    iv: '00'.repeat(12),
    plaintext: '00'.repeat(16),
    aad: '',
    ciphertext: 'cea7403d4d606b6e074ec5d3baf39d18',
    tag: 'd0d1c8a799996bf0265b98b5d48ab919',
  },
  'case 15': {
    key: KEY,
    iv: IV,
    plaintext: `${TEXT}1aafd255`,
    aad: '',
    ciphertext: `${CIPHERTEXT}898015ad`,
    tag: 'b094dac5d93471bdec1a502270e3cc6c',
  },
  'case 16': {
    key: KEY,
    iv: IV,
    plaintext: TEXT,
    aad: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
    ciphertext: CIPHERTEXT,
    tag: '76fc6ece0f4e1768cddf8853bb2d551b',
  },
};

const hex = (text: string) => Buffer.from(text, 'hex');

describe.each(Object.entries(VECTORS))('AES-256-GCM, %s', (_, vector) => {
  const key = createSecretKey(hex(vector.key));
  const sealed = hex(vector.iv + vector.ciphertext + vector.tag);

  it('is sealed and opened as published', () => {
    expect(seal(key, hex(vector.iv), hex(vector.plaintext), hex(vector.aad))).toEqual(sealed);
    expect(unseal(key, sealed, hex(vector.aad))).toEqual(hex(vector.plaintext));
  });

  it('is refused with any bit changed, and with any byte cut off', () => {
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => unseal(key, changed, hex(vector.aad))).toThrow(/auth/i);
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(() => unseal(key, sealed.subarray(0, length), hex(vector.aad))).toThrow(Error);
    }
    expect(() => unseal(key, sealed, hex(`${vector.aad}00`))).toThrow(/auth/i);
  });
});
