import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.js';
import { openFieldCipher } from './encryption-keys.js';

const KEYS = {
  a: `a:${Buffer.alloc(32, 1).toString('base64')}`,
  b: `b:${Buffer.alloc(32, 2).toString('base64')}`,
};

let DATA_DIR: string;
beforeEach(() => {
  DATA_DIR = mkdtempSync(join(tmpdir(), 'aerie-keys-'));
});
afterEach(() => rmSync(DATA_DIR, { recursive: true }));

const open = (environment: Record<string, string> = {}) =>
  openFieldCipher(loadConfig({ DATA_DIR, ...environment }, '/dev/null').config);

describe('the encryption keys', () => {
  it('rotate: the first encrypts, all decrypt', () => {
    const first = open({ ENCRYPTION_KEYS: KEYS.a });
    const stored = first.encrypt('Ada', 'here');
    const second = open({ ENCRYPTION_KEYS: `${KEYS.b},${KEYS.a}` });
    expect(second.decrypt(stored, 'here')).toBe('Ada');
    expect(second.encrypt('Ada', 'here')).toMatch(/^v1\.b\./);
    expect(readdirSync(DATA_DIR)).toEqual([]);
  });

  it('are one of its own in development, kept where only the owner reads it', () => {
    const stored = open().encrypt('Ada', 'here');
    expect(open().decrypt(stored, 'here')).toBe('Ada');
    expect(readdirSync(DATA_DIR)).toEqual(['encryption-key']);
    expect(statSync(join(DATA_DIR, 'encryption-key')).mode & 0o777).toBe(0o600);
  });

  it.each(['', 'development:cut off'])('end the start where the file holds none: "%s"', (text) => {
    writeFileSync(join(DATA_DIR, 'encryption-key'), text);
    expect(() => open()).toThrow(/encryption-key in DATA_DIR holds no key/);
  });
});
