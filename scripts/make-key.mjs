#!/usr/bin/env node
// Prints a new signing key for JWT_SIGNING_KEYS.
import { generateKeyPairSync } from 'node:crypto';

const USAGE = `Usage: npm run --silent keys

Prints a new Ed25519 private key (base64 PKCS#8) for JWT_SIGNING_KEYS. To rotate without a stop, put
the new key in front of the old one, separated by a comma; drop the old one after JWT_REFRESH_TTL.`;

if (process.argv.includes('--help')) {
  console.log(USAGE);
} else {
  const { privateKey } = generateKeyPairSync('ed25519');
  console.log(privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'));
}
