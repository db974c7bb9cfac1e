import { createSecretKey, webcrypto } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FieldCipher, UndecryptableValue } from './field-cipher.js';

const bytes = (first: number) => Buffer.from(Array.from({ length: 32 }, (_, i) => first + i));
const keyOf = (first: number) => createSecretKey(bytes(first));
const cipher = new FieldCipher(
  new Map([
    ['new', keyOf(1)],
    ['old', keyOf(2)],
  ]),
);
const before = new FieldCipher(new Map([['old', keyOf(2)]]));
const PLACE = 'users.name of 019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11';

/** Made by Python's `cryptography` with the key "old": what is stored today is read for ever. */
const STORED: Record<string, string> = {
  '': 'v1.old.47DEQpj8HBSa-_TIz7-H-p5ezgQS2X6oURSm9A',
  a: 'v1.old.ypeBEsobvcr6wjGzu0JkUrq7NOgpYO_D-odr7RQ',
  Ada: 'v1.old.maVjqy9uIelpmPn9FMYfWACod-UVRJUdiN2AX72pwA',
  'Ada Lovelace': 'v1.old.dnQCFhcVkZA829GP7Iw8iMMnaLeslaGW99wVkR1rDRpo1l6wvFSVGQ',
  Zoë: 'v1.old.xqEmmFgvwRBOokEHF1rzlsZbgUPBln-znSHx2uPcuRs',
  Ζωή: 'v1.old.rsoEq9qbx1PfWXhoo3sskfKfz4CvCmZEDttNp-LZgDBykA',
  '👩‍👩‍👧‍👦': 'v1.old.78uBqFPof4wuaJy-k6w0TVNOLGzDTD2oZ2zjREzdA1onCzseZ3T9JlCJvmg_Lips2TCh6Zw',
  "' OR 1=1 --": 'v1.old.8xwAyICPz703b4RiToaw8RuVUlzqg6wLa9NVhTFRu0Z2mqhnFolL',
  'a b': 'v1.old.yGh6CKpdbtIEQyj63Tny1trBx59akDJM65JQlmZs7w',
  'v1.old.x': 'v1.old.k0xR1GqpVj1QvesXJgvUGwCgaSbYLa09s6RHf8pfuEtdajc6',
  JBSWY3DPEHPK3PXP: 'v1.old.i-XRE8CHHOGhItaK2msUunefoLkdgxTvMFxY6UPCWeH2KBraVxlkfx75mA8',
  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx:
    'v1.old.fOEAlx9k5wAej-Wl5gJarBN7GlQ_NPE0MombLsHKJ4eTigmT_dxz6sMN2Yyz8N3vuPeVCqPVMobiyzztYdeUBP1HXjJugWoMc6A2chyVfRoLDL1KjosKrWI-7wc',
};

describe('an encrypted field', () => {
  it.each(['', 'a', 'Ada Lovelace', 'Zoë 👩‍👩‍👧‍👦', '\u0000', 'v1.new.x', 'x'.repeat(10_000)])(
    'comes back as it was: %j',
    (text) => {
      const stored = cipher.encrypt(text, PLACE);
      expect(stored).toMatch(/^v1\.new\.[\w-]{38,}$/);
      expect(cipher.decrypt(stored, PLACE)).toBe(text);
    },
  );

  it.each(Object.entries(STORED))('is read in the form it has always had: %j', (text, stored) => {
    expect(cipher.decrypt(stored, PLACE)).toBe(text);
  });

  it('is what another implementation makes of the same key, place and text', async () => {
    const sealed = Buffer.from(cipher.encrypt('Ada', PLACE).split('.')[2]!, 'base64url');
    const key = await webcrypto.subtle.importKey('raw', bytes(1), 'AES-GCM', false, ['decrypt']);
    const text = await webcrypto.subtle.decrypt(
      {
        name: 'AES-GCM',
        iv: sealed.subarray(0, 12),
        additionalData: Buffer.from(PLACE),
        tagLength: 128,
      },
      key,
      sealed.subarray(12),
    );
    expect(Buffer.from(text).toString()).toBe('Ada');
  });

  it('is read with an old key and written with the first', () => {
    expect(cipher.decrypt(before.encrypt('Ada', PLACE), PLACE)).toBe('Ada');
    expect(cipher.encrypt('Ada', PLACE)).toMatch(/^v1\.new\./);
  });

  it('is never made twice with the same initialisation vector', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 100_000; i++) seen.add(cipher.encrypt('', PLACE).slice(7, 23));
    expect(seen.size).toBe(100_000);
  });

  it('is refused with any character changed, or cut off, and never shown', () => {
    const stored = cipher.encrypt('Ada Lovelace', PLACE);
    for (let at = 0; at < stored.length; at++) {
      for (const other of ['A', 'B', '.', '=', ' ']) {
        if (stored[at] === other) continue;
        const changed = stored.slice(0, at) + other + stored.slice(at + 1);
        expect(() => cipher.decrypt(changed, PLACE)).toThrow(UndecryptableValue);
      }
    }
    expect(() => cipher.decrypt(stored.slice(0, -1), PLACE)).toThrow(UndecryptableValue);
    expect(() => cipher.decrypt(`${stored}A`, PLACE)).toThrow(UndecryptableValue);
  });

  it.each([
    ['another row', 'users.name of 019aa5b1-4c1e-7d3a-9a53-000000000000'],
    ['another column', PLACE.replace('name', 'email')],
  ])('is refused in %s', (_, place) => {
    const stored = cipher.encrypt('Ada', PLACE);
    expect(() => cipher.decrypt(stored, place)).toThrow(UndecryptableValue);
  });

  it('says which key is missing, and where, but nothing of the value', () => {
    const stored = cipher.encrypt('Ada', PLACE);
    expect(() => before.decrypt(stored, PLACE)).toThrow(
      `${PLACE} cannot be decrypted: there is no key "new"`,
    );
  });

  it('takes what was never encrypted as it is', () => {
    for (const text of ['', 'Ada', 'v1.', 'v1.new.short', 'John.Smith', 'JBSWY3DPEHPK3PXP']) {
      expect(cipher.decrypt(text, PLACE)).toBe(text);
    }
  });
});
