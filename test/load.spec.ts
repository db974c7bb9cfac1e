import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { refusalOf } from '../load/target.mjs';

const script = fileURLToPath(new URL('../load/run.mjs', import.meta.url));

const server = createServer(({ url }, answer) => {
  if (url === '/stuck') return; // without an answer
  answer.statusCode = url === '/broken' ? 500 : 200;
  answer.end('ok');
});
let address = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

function load(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...args], (_failure, out, error) =>
      resolve({ code: child.exitCode ?? -1, out, error }),
    );
  });
}

it.each([
  'https://api.example.com',
  'http://10.0.0.1:3000',
  'http://0.0.0.0:3000',
  'http://127.0.0.1.example.com',
  'http://[2001:db8::1]:3000',
])('refuses %s, which is not this machine', (target) => {
  expect(refusalOf(target, false)).toContain('is not this machine: say --yes-i-own-it');
  expect(refusalOf(target, true)).toBeUndefined();
});

it.each(['http://127.0.0.1:3000', 'http://localhost', 'https://[::1]:8443', 'http://127.1'])(
  'takes %s, which is',
  (target) => expect(refusalOf(target, false)).toBeUndefined(),
);

it('begins nothing against another machine, with exit code 2', async () => {
  const { code, error } = await load('http://192.0.2.1/');
  expect(error).toContain('192.0.2.1 is not this machine');
  expect(code).toBe(2);
});

/** One step of a second. */
const briefly = ['--connections', '1', '--seconds', '1', '--max-p99', '100000', '--json'];

it('reports a load within the thresholds, with exit code 0', async () => {
  const { code, out } = await load(address, ...briefly, '--routes', '/small');
  const { steps, exceeded } = JSON.parse(out) as { steps: { rate: number }[]; exceeded: string[] };
  expect(steps).toMatchObject([{ connections: 1, errorPercent: 0, failures: {} }]);
  expect(steps[0]!.rate).toBeGreaterThan(0);
  expect(exceeded).toEqual([]);
  expect(code).toBe(0);
});

it('says which threshold does not hold and what failed, with exit code 1', async () => {
  const { code, out, error } = await load(address, ...briefly, '--routes', '/broken');
  expect(JSON.parse(out)).toMatchObject({
    steps: [{ errorPercent: 100, failures: { 500: expect.any(Number) as number } }],
  });
  expect(error).toContain('over the threshold at 1 connections: 100.00 % failed, allowed 1');
  expect(code).toBe(1);
});

it('counts what is not answered when a step ends', async () => {
  const { code, out, error } = await load(address, ...briefly, '--routes', '/small,/stuck');
  expect(JSON.parse(out)).toMatchObject({ steps: [{ failures: { 'not answered': 1 } }] });
  expect(error).toContain('50.00 % failed, allowed 1');
  expect(code).toBe(1);
});
