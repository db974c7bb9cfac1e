import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../app.js';
import { ConsoleWindow, launch } from '../browser.js';

let test: TestApp;
let browser: Browser;
let window: ConsoleWindow;

beforeAll(async () => {
  [test, browser] = await Promise.all([startApp(), launch()]);
  for (const name of ['ada', 'grace', 'mary']) await test.api.register(`${name}@example.com`);
  window = await ConsoleWindow.open(browser, test.api.url);
  await window.enter('Audit trail');
});
afterAll(async () => {
  await browser.close();
  await test[Symbol.asyncDispose]();
});

it('finds entries by what they are, and shows all of one', async () => {
  const { page } = window;
  await page.getByLabel('Action').fill('user.registered');
  await page.getByRole('button', { name: 'Search' }).click();
  const rows = page.getByRole('row').filter({ hasText: 'user.registered' });
  // and the head; the list before the search held them too
  await expect.poll(() => page.getByRole('row').count(), { timeout: 60_000 }).toBe(4);
  await rows.first().getByRole('button').click();
  await page.getByRole('dialog').getByText('127.0.0.1').waitFor();
  await page.getByRole('link', { name: 'All of this request' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  // what else the request did: it was completed
  await page.getByRole('row').filter({ hasText: 'request.completed' }).waitFor();
  expect(await page.getByLabel('Request').inputValue()).not.toBe('');
  await page.getByRole('button', { name: 'Clear' }).click();
  expect(await page.getByLabel('Request').inputValue()).toBe('');
});

it('says what is wrong with a filter', async () => {
  const { page } = window;
  await page.getByLabel('Action').fill('no.such');
  await page.getByRole('button', { name: 'Search' }).click();
  await window.see(/must be an action that is recorded/);
  await page.getByRole('button', { name: 'Clear' }).click();
  expect(await page.getByLabel('Action').inputValue()).toBe('');
});

it('verifies the chain', async () => {
  await window.page.getByRole('button', { name: 'Verify the chain' }).click();
  const verdict = window.page.getByText(/All \d+ entries are as they were written/);
  await verdict.waitFor();
  expect(await verdict.textContent()).toContain('whole');
});

it.each(['NDJSON', 'CSV'])('exports what the filters find as %s', async (format) => {
  const { page } = window;
  await page.getByLabel('Action').fill('user.registered');
  await page.getByRole('button', { name: 'Search' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Export ${format}` }).click(),
  ]);
  const text = await readFile(await download.path(), 'utf8');
  expect(download.suggestedFilename()).toContain(format.toLowerCase());
  expect(text.match(/user\.registered/g)).toHaveLength(3);
});

it('does all this without an error and without a word to others', () => {
  expect(window.offences).toEqual([]);
});
