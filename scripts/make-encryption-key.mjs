#!/usr/bin/env node
// Prints a new key for ENCRYPTION_KEYS.
import { randomBytes } from 'node:crypto';
import { readOptions } from './command-line.mjs';

const USAGE = `Usage: npm run --silent keys:encryption

Prints a new AES-256 key for ENCRYPTION_KEYS, under an id made of today's date and four random
characters. To rotate, put it in front of the old one, separated by a comma, restart, and run
npm run encryption:rotate. docs/encryption.md says when the old one may go.`;

readOptions(USAGE);
const id = `${new Date().toISOString().slice(0, 10)}-${randomBytes(2).toString('hex')}`;
console.log(`${id}:${randomBytes(32).toString('base64')}`);
