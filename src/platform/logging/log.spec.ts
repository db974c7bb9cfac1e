import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.js';
import { runInContext } from '../telemetry/request-context.js';
import { FrameworkLogger } from './framework-logger.js';
import { createLog } from './log.js';

async function openLog(LOG_LEVEL = 'info') {
  const texts: string[] = [];
  const { config } = loadConfig({ NODE_ENV: 'test', LOG_LEVEL }, '/dev/null');
  const log = await createLog(config, { write: (line) => void texts.push(line) });
  const last = () => JSON.parse(texts.at(-1)!) as Record<string, unknown>;
  return { log, texts, last };
}

describe('a log line', () => {
  it.each([
    ['a password', { password: 'hunter22' }, 'hunter22'],
    ['a nested one', { body: { user: { password: 'hunter22' } } }, 'hunter22'],
    ['one far down', { a: { b: { c: { d: { newPassword: 'hunter22' } } } } }, 'hunter22'],
    ['one in a list', { users: [{ client_secret: 'hunter22' }] }, 'hunter22'],
    ['a number', { pin: 123_456 }, '123456'],
    ['a code', { code: '918273' }, '918273'],
    ['an object of secrets', { credentials: { id: 'hunter22' } }, 'hunter22'],
    ['a header', { headers: { authorization: 'hunter22' } }, 'hunter22'],
    ['a cookie', { req: { headers: { cookie: 'sid=abcdef' } } }, 'abcdef'],
    ['an API key', { headers: { 'x-api-key': 'anything at all' } }, 'anything'],
    ['an API key at the top', { 'x-api-key': 'anything at all' }, 'anything'],
    [
      'what an error carries',
      { err: Object.assign(new Error('x'), { token: 'hunter22' }) },
      'hunter22',
    ],
    [
      'what a cause says',
      { err: new Error('x', { cause: new Error('token=hunter22') }) },
      'hunter22',
    ],
    ['what a map holds', { headers: new Map([['set-cookie', 'hunter22']]) }, 'hunter22'],
    ['a shape in a name', { 'https://me:hunter22@db/x': 1 }, 'hunter22'],
    [
      'a token across the cut of a long text',
      { note: `${'x'.repeat(8_185)} eyJhbGciOiJFZERTQSJ9.${'e'.repeat(500)}.sig` },
      'eyJhb',
    ],
  ])('never holds %s', async (_what, fields, secret) => {
    const { log, texts } = await openLog();
    log.info(fields, 'message');
    log.of('module').warn(fields, `of ${secret === 'eyJhb' ? '' : `password=${secret}`}`);
    log.info('password=%s', secret);
    log.child(fields).info('bound');
    expect(texts.join('')).not.toContain(secret);
  });

  it('keeps what says how to mend it', async () => {
    const { log, last } = await openLog();
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', port: 5432 });
    log.error({ err: new AggregateError([cause], 'all failed', { cause }) }, 'no database');
    expect(last()).toMatchObject({
      level: 'error',
      msg: 'no database',
      err: {
        type: 'AggregateError',
        message: 'all failed',
        stack: expect.stringContaining('log.spec'),
        cause: { message: 'refused', code: 'ECONNREFUSED', port: 5432 },
        errors: [{ code: 'ECONNREFUSED' }],
      },
    });
  });

  it('keeps codes of errors and what is said about secrets', async () => {
    const { log, last } = await openLog();
    const fields = {
      PASSWORD_HASH_MEMORY_KIB: 8_192,
      tokenType: 'x',
      code: 'P2002',
      hasToken: true,
    };
    log.info({ ...fields, err: Object.assign(new Error('x'), { code: '23505' }) });
    expect(last()).toMatchObject({ ...fields, err: { code: '23505' } });
  });

  it('cannot be given another level, time or message by its fields', async () => {
    const { log, last } = await openLog();
    log.info({ level: 'security', time: 'never', msg: 'forged', module: 'forged' }, 'real');
    expect(last()).toMatchObject({ level: 'info', msg: 'real', 'field.level': 'security' });
    expect(last()['module']).toBeUndefined();
  });

  it('carries the id of its request, and an error’s message when it has none of its own', async () => {
    const { log, last } = await openLog();
    const context = { requestId: 'id-1', address: '127.0.0.1', userAgent: undefined };
    runInContext(context, () => log.error(new Error('what happened')));
    expect(last()).toMatchObject({ requestId: 'id-1', msg: 'what happened' });
  });

  it('of security and audit is written whatever the level', async () => {
    const { log, texts } = await openLog('error');
    log.warn('quiet');
    log.security('loud');
    log.audit('loud too');
    expect(texts).toHaveLength(2);
  });
});

describe('the level of a module', () => {
  it('is its own, for lines to come and for those who hold its log already', async () => {
    const { log, texts } = await openLog('warn');
    const database = log.of('database');
    log.moduleLevels.set({ level: 'warn', modules: { database: 'debug' } });
    database.debug('heard');
    log.debug('not heard');
    log.of('queue').info('not heard');
    expect(texts).toHaveLength(1);
    expect(JSON.parse(texts[0]!)).toMatchObject({ module: 'database', level: 'debug' });
    log.moduleLevels.reset();
    database.info('not heard any more');
    expect(texts).toHaveLength(1);
  });

  it('goes by the context of Nest’s own logger', async () => {
    const { log, texts } = await openLog('warn');
    const logger = new FrameworkLogger(log);
    logger.debug('not heard', 'Orders');
    log.moduleLevels.set({ level: 'warn', modules: { Orders: 'debug' } });
    logger.debug('heard', 'Orders');
    logger.log({ order: 1 }, 'Bills');
    logger.error(new Error('boom'), 'Bills');
    expect(texts.map((text) => JSON.parse(text) as unknown)).toMatchObject([
      { module: 'Orders', msg: 'heard' },
      { module: 'Bills', err: { message: 'boom' } },
    ]);
    expect(log.moduleLevels.modules).toEqual(['Bills', 'Orders']);
  });
});
