#!/usr/bin/env node
// Looks for keys and tokens in the files that git tracks.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromDist, readOptions } from './command-line.mjs';

const USAGE = `Usage: npm run secrets

Exits 1 and names each line of a tracked file that looks like a private key or a token. The examples
of the configuration schema are let through, production refuses them; so is a line that ends in a
comment with the words "not a secret".`;

readOptions(USAGE);
process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const { Config } = await fromDist('platform/config/config.js');
const { settingsOf } = await fromDist('platform/config/setting.decorators.js');

const SHAPES = {
  'a private key': /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/,
  'an Ed25519 private key': /MC4CAQAwBQYDK2VwBCIEI[\w+/=]{40,}/,
  'an RSA or EC private key': /\bMI[GIH][\w+/]{100,}={0,2}/,
  'an AWS key': /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  'an API key of this service': /\baerie_[\da-f]{16}_[\da-f]{72}\b/,
  'a GitHub token': /\b(?:gh[pousr]_\w{36}|github_pat_\w{60,})/,
  'an npm token': /\bnpm_[A-Za-z0-9]{36}\b/,
  'a Slack token': /\bxox[abeprs]-[\w-]{10,}/,
  'a Slack webhook': /hooks\.slack\.com\/services\/T\w+\/B\w+\/\w+/,
  'a Stripe key': /\b[rs]k_live_\w{16,}/,
  'a Google key': /\bAIza[\w-]{35}\b/,
};
const EXAMPLES = [...settingsOf(Config).values()].flatMap(({ example }) => example ?? []);
const PUBLISHED = /\/\/.*\bnot a secret$/;
const GREATEST_BYTES = 5_000_000;

const tracked = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8', maxBuffer: 1e8 })
  .split('\0')
  .filter((path) => path && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false));

const findings = tracked.flatMap((path) => {
  if (statSync(path).size > GREATEST_BYTES) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((text, index) => {
    if (PUBLISHED.test(text)) return [];
    const line = EXAMPLES.reduce((rest, example) => rest.replaceAll(example, ''), text);
    return Object.entries(SHAPES)
      .filter(([, shape]) => shape.test(line))
      .map(([what]) => `${path}:${index + 1} looks like ${what}`);
  });
});
for (const finding of findings) console.error(finding);
if (findings.length > 0) process.exit(1);
console.log(`${tracked.length} files, no secret.`);
