import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.js';
import { createLog } from './log.js';
import { redactShapes } from './secret-shapes.js';

async function logged(...args: [object, string?]): Promise<string> {
  let written = '';
  const { config } = loadConfig({ NODE_ENV: 'test', LOG_LEVEL: 'info' }, '/dev/null');
  const log = await createLog(config, { write: (line) => void (written += line) });
  log.info(...args);
  return written;
}

describe('a log line', () => {
  it.each([
    ['a password', { password: 'hunter22' }, 'hunter22'],
    ['a nested one', { body: { user: { password: 'hunter22' } } }, 'hunter22'],
    ['a header', { headers: { authorization: 'Basic dXNlcjpwYXNz' } }, 'dXNlcjpwYXNz'],
    ['a cookie', { req: { headers: { cookie: 'sid=abcdef' } } }, 'abcdef'],
    [
      'a token in a text',
      { note: 'got eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl' },
      'eyJzdWIi',
    ],
    ['a bearer in a text', { note: 'Authorization: Bearer abcdefghijkl' }, 'abcdefghijkl'],
    ['an API key', { headers: { 'x-api-key': 'anything at all' } }, 'anything'],
    ['an API key at the top', { 'x-api-key': 'anything at all' }, 'anything'],
    ['an API key far down', { req: { headers: { 'x-api-key': 'anything at all' } } }, 'anything'],
    [
      'an API key in a text',
      { url: `/v1/users/me?key=aerie_${'0f'.repeat(8)}_${'4e'.repeat(36)}` },
      '4e4e',
    ],
    ['a password in a URL', { url: 'postgres://aerie:hunter22@db/aerie' }, 'hunter22'],
    ['a card number', { note: 'card 4111 1111 1111 1111 declined' }, '4111'],
    ['a card number without blanks', { note: '5500005555555559' }, '5500005555555559'],
  ])('never holds %s', async (_what, fields, secret) => {
    const line = await logged(fields, 'message');
    expect(line).not.toContain(secret);
    expect(line).toContain('[redacted]');
  });

  it('keeps numbers that are no cards', async () => {
    const fields = {
      order: '4111111111111112',
      at: 1795232323123,
      id: '01a1fc4f-34bf-73ef-b0a6-d03191551549',
    };
    const line = JSON.parse(await logged(fields)) as Record<string, unknown>;
    expect(line).toMatchObject(fields);
  });

  it('is one JSON object on one line, whatever it holds', async () => {
    const nasty = 'a\r\n{"level":"error"}\u001b[31m\u2028"\\\0';
    const text = await logged({ nasty, err: new Error(nasty) }, nasty);
    expect(text.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(text)).toMatchObject({ nasty, level: 'info', msg: nasty });
  });

  it('of security is written whatever the level', async () => {
    let written = '';
    const { config } = loadConfig({ NODE_ENV: 'test', LOG_LEVEL: 'error' }, '/dev/null');
    const log = await createLog(config, { write: (line) => void (written += line) });
    log.warn('quiet');
    log.security('loud');
    log.audit('loud too');
    expect(written).not.toContain('quiet');
    expect(written).toMatch(/"security".*loud[\s\S]*"audit".*loud too/);
  });

  it.each([
    'eyJ-',
    'eyJ',
    'aerie_',
    `aerie_${'0'.repeat(16)}_`,
    'Bearer ',
    'a:',
    '://',
    '4111 ',
    '1',
  ])('is looked through in linear time: %s', (piece) => {
    // a search from each start would be a thousand million steps here, not a few million
    const start = performance.now();
    redactShapes(piece.repeat(60_000));
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
