import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { expect, it } from 'vitest';
import { Services } from '../service.js';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const services = new Services();

it('the bundle describes itself as its modules do: every route, every field and every class by its name', async () => {
  const api = await services.start().ready();
  const { body } = await api.get('/docs/openapi.json');
  const { servers: _here, ...described } = body as { servers: unknown };
  const { servers: _there, ...committed } = JSON.parse(read('docs/openapi.json')) as {
    servers: unknown;
  };
  expect(described).toEqual(committed);
});

it('the bundle validates, and leaves alone what a secret may hold', async () => {
  const api = await services.start().ready();
  const password = '<script>alert(1)</script> is my battery staple';
  await api.register('ada@example.com', password);
  expect((await api.logIn('ada@example.com', password)).status).toBe(200);
  const refused = await api.post('/v1/auth/register', { email: 'none', password, more: 1 });
  expect(refused.status).toBe(400);
  expect(JSON.stringify(refused.body)).toMatch(/email.*more|more.*email/s);
});

it('a line of the bundle leads to its source, and to no folder of the machine that built it', () => {
  const code = read('dist/service/main.js');
  const payload = JSON.parse(read('dist/service/main.js.map')) as SourceMap['payload'];
  const lines = code.split('\n');
  const line = lines.findIndex((text) => /\bUsersService = class/.test(text));
  const column = lines[line]!.search(/\S/);
  const entry = new SourceMap(payload).findEntry(line, column);
  expect(entry).toMatchObject({
    originalSource: expect.stringMatching(
      /^(\.\.\/)*src\/features\/users\/users\.service\.ts$/,
    ) as string,
  });
  expect(payload.sources.filter((source) => source.startsWith('/'))).toEqual([]);
});

it('the bundle takes no more memory than it must: a byte a character, and WebAssembly as a file', () => {
  for (const name of ['main.js', 'libraries.js']) {
    const code = read(`dist/service/${name}`);
    expect({ name, wide: /[\u0080-\uffff]/.exec(code)?.[0] }).toEqual({ name, wide: undefined });
    expect({ name, text: code.includes('.wasm-base64.mjs') }).toEqual({ name, text: false });
  }
  const wasm = readFileSync(new URL('../../dist/service/query-compiler.wasm', import.meta.url));
  expect(wasm.subarray(0, 4).toString('latin1')).toBe('\0asm');
});
