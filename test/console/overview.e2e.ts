import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Api } from '../api.js';
import { ConsoleWindow, launch } from '../browser.js';
import { Services } from '../service.js';

const services = new Services();
let browser: Browser;
let port: string;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  port = await freePort();
});

const start = (): Promise<Api> => services.start({ PORT: port }).ready();

it('moves its charts under load, and draws in when an alert is raised', async () => {
  const api = await start();
  await using window = await ConsoleWindow.open(browser, api.url);
  const { page } = window;
  await window.enter();
  const traffic = page.getByRole('img', { name: /^Requests a second/ });
  await traffic.waitFor();
  for (;;) {
    await Promise.all(Array.from({ length: 20 }, () => api.get('/v1/users/me')));
    const said = (await traffic.getAttribute('aria-label')) ?? '';
    if (Number(/highest ([\d.,]+)/.exec(said)?.[1]?.replace(',', '')) >= 2) break;
  }
  const memory = page.getByRole('img', { name: /^Memory/ });
  expect(await memory.getAttribute('aria-label')).toContain('alert above 80 %');
  await page.getByRole('radio', { name: '24 h' }).check({ force: true });
  await page.locator('article', { hasText: 'Memory' }).getByText('Values').click();
  await page.getByRole('columnheader', { name: 'of its limit' }).waitFor();
  expect(window.offences).toEqual([]);
});

it('says that its news are old when the service is gone, and goes on when it is back', async () => {
  const service = services.start({ PORT: port });
  const { url } = await service.ready();
  await using window = await ConsoleWindow.open(browser, url);
  await window.enter();
  await window.see('All is well.');

  service.signal('SIGTERM');
  expect(await service.exit).toBe(0); // no stream keeps it
  await window.see(/No news for .* What you see is of/);
  await window.page.getByRole('link', { name: 'No news' }).waitFor();

  await start();
  await window.see('All is well.');
  await window.page
    .getByText(/No news for/)
    .first()
    .waitFor({ state: 'hidden' });
  expect(window.offences).toEqual([]);
});

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(free);
}
