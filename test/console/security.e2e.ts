import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../app.js';
import { ConsoleWindow, launch } from '../browser.js';

const ATTACKER = '203.0.113.9';
const MARKUP = '<img src=x onerror="document.title=\'taken\'">';

let test: TestApp;
let browser: Browser;
let window: ConsoleWindow;

beforeAll(async () => {
  const settings = { TRUST_PROXY: '127.0.0.1', GUARD_CLIENT_SCORE: '16' };
  [test, browser] = await Promise.all([startApp(settings), launch()]);
  window = await ConsoleWindow.open(browser, test.api.url);
  await window.enter('Security');
});
afterAll(async () => {
  await browser.close();
  await test[Symbol.asyncDispose]();
});

const attack = async (): Promise<number> => {
  const cursor = encodeURIComponent("x' OR 1=1; DROP TABLE users --");
  const headers = { 'x-forwarded-for': ATTACKER };
  return (await test.api.get(`/v1/users?cursor=${cursor}`, { headers })).status;
};

it('shows a client that was blocked, as it happens, and lifts it', async () => {
  const { page } = window;
  await window.see('No client is blocked.');
  const ask = async () => {
    const headers = { 'x-forwarded-for': ATTACKER };
    return (await test.api.get('/.well-known/jwks.json', { headers })).status;
  };
  while ((await ask()) !== 403) await attack();
  const row = page.getByRole('row', { name: new RegExp(ATTACKER) });
  await row.getByRole('button', { name: 'Lift' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Lift' }).click();
  await window.see('No client is blocked.');
  expect(await ask()).toBe(200);
});

it('asks the guard about a text, and what comes back is text', async () => {
  const { page } = window;
  await page.getByLabel(/What would the guard say/).fill(MARKUP);
  await page.getByRole('button', { name: 'Ask the guard' }).click();
  await page.getByText('is refused').waitFor();
  expect(await page.title()).not.toBe('taken');
  expect(await page.locator('main img').count()).toBe(0);
});

it('disables an account and enables it again', async () => {
  const { page } = window;
  await test.api.register('mallory@example.com');
  await window.goTo('People');
  const row = page.getByRole('row', { name: /mallory@example.com/ });
  await row.getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await row.getByText('disabled').waitFor();
  expect((await test.api.logIn('mallory@example.com')).status).toBe(403);
  await row.getByRole('button', { name: 'Enable' }).click();
  await row.getByRole('button', { name: 'Disable' }).waitFor();
  expect((await test.api.logIn('mallory@example.com')).status).toBe(200);
});

it('gives an account another role, once it is asked what that means', async () => {
  const { page } = window;
  await test.api.register('peggy@example.com');
  await window.goTo('Overview');
  await window.goTo('People');
  const row = page.getByRole('row', { name: /peggy@example.com/ });
  await row.getByRole('button', { name: 'Role' }).click();
  const dialog = page.getByRole('dialog', { name: 'The role of peggy@example.com' });
  await dialog.getByLabel('Role').selectOption('support');
  await dialog.getByRole('button', { name: 'Change the role' }).click();
  await row.getByText('support', { exact: true }).waitFor();
  const { accessToken: token } = (await test.api.logIn('peggy@example.com')).body;
  expect((await test.api.get('/v1/users', { token })).status).toBe(200);
});

it('finds an account, and ends where it is signed in', async () => {
  const { page } = window;
  const { accessToken: token } = await test.api.join('trent@example.com');
  await window.goTo('Overview');
  await window.goTo('People');
  await page.getByLabel('E-mail').fill('trent@example.com');
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByRole('row').nth(1).getByText('trent@example.com').waitFor();
  await page.getByRole('button', { name: 'Sessions' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Where trent@example.com is signed in' });
  await dialog.getByText('127.0.0.1').waitFor();
  await dialog.getByRole('button', { name: 'End all' }).click();
  await dialog.getByText('Nowhere.', { exact: true }).waitFor();
  await dialog.getByText('trent@example.com is signed in nowhere.').waitFor();
  expect((await test.api.get('/v1/users/me', { token })).status).toBe(401);
  await page.keyboard.press('Escape');
});

it('does all this without an error and without a word to others', () => {
  expect(window.offences).toEqual([]);
});
