import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ADMIN } from '../app.js';
import { loadConfig } from '#platform/config/load-config';
import { openEngine } from '#platform/database/database.module';
import { Migrations } from '#platform/database/migrations';
import { Services } from '../service.js';

const SCRIPT = fileURLToPath(new URL('../../scripts/rotate-encryption.mjs', import.meta.url));
const ROWS = 10_000;
const OLD = `old:${Buffer.alloc(32, 1).toString('base64')}`;
const NEW = `new:${Buffer.alloc(32, 2).toString('base64')}`;

const services = new Services();

/** The script as an operator runs it. `killAt` ends it by SIGKILL once it has said so. */
async function rotate(keys: string, { args = [] as string[], killAt = '' } = {}) {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    env: { PATH: process.env['PATH'], ...services.database.environment, ENCRYPTION_KEYS: keys },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (killAt && output.includes(killAt)) child.kill('SIGKILL');
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/** Adds users with names in plain text, as before the column was encrypted. */
async function addPlainUsers(): Promise<void> {
  const { config } = loadConfig(services.database.environment, '/dev/null');
  const engine = await openEngine(config);
  try {
    await new Migrations(engine).deploy();
    await engine.pool.query(
      `INSERT INTO users (id, email, name, updated_at)
       SELECT gen_random_uuid(), 'user' || n || '@example.com', 'Name ' || n, now()
       FROM generate_series(1, ${ROWS}) AS n`,
    );
  } finally {
    await engine.close();
  }
}

it('a rotation that SIGKILL cuts off is finished by the next run, and no value is lost', async () => {
  await addPlainUsers();

  const counted = await rotate(OLD, { args: ['--dry-run'] });
  expect(counted.output).toMatch(new RegExp(`users\\.name\\s+\\(plain text\\)\\s+${ROWS}\n`));
  expect(await rotate(OLD)).toMatchObject({ code: 0 });

  const keys = `${NEW},${OLD}`;
  const killed = await rotate(keys, { killAt: 'users.name: 1000 ' });
  expect(killed.code).toBeNull();
  const between = await rotate(keys, { args: ['--dry-run'] });
  const left = Number(/users\.name\s+old\s+(\d+)\n/.exec(between.output)![1]);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(ROWS - 1_000);

  const finished = await rotate(keys);
  expect(finished).toMatchObject({ code: 0 });
  expect(finished.output).toContain(`${left} values are under key "new" now.`);
  expect(finished.output).toMatch(new RegExp(`users\\.name\\s+new\\s+${ROWS}\n`));
  expect(finished.output).toContain('may be removed');

  const api = await services.start({ ENCRYPTION_KEYS: NEW }).ready();
  const token = (await api.logIn(ADMIN.email, ADMIN.password)).body.accessToken;
  const names = new Map<string, string | null>();
  let cursor: string | null = '';
  while (cursor !== null) {
    const {
      body,
    }: { body: { items: { email: string; name: string }[]; nextCursor: string | null } } =
      await api.get(`/v1/users?limit=100${cursor && `&cursor=${cursor}`}`, { token });
    for (const { email, name } of body.items) names.set(email, name);
    cursor = body.nextCursor;
  }
  for (let n = 1; n <= ROWS; n++) expect(names.get(`user${n}@example.com`)).toBe(`Name ${n}`);
});

it('a value that no key opens is named, left as it is, and keeps the old key needed', async () => {
  await addPlainUsers();
  await rotate(OLD);
  const { code, output } = await rotate(NEW);
  expect(code).toBe(1);
  expect(output).toMatch(
    /left as it is: users\.name of [\da-f-]{36} cannot be decrypted: there is no key "old"/,
  );
  expect(output).toContain('Keep every key: values are left under key "old".');
  expect(await rotate(`${NEW},${OLD}`)).toMatchObject({ code: 0 });
});
