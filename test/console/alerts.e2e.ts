import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../app.js';
import { ConsoleWindow, launch } from '../browser.js';

let test: TestApp;
let browser: Browser;

beforeAll(async () => {
  [test, browser] = await Promise.all([startApp(), launch()]);
});
afterAll(async () => {
  await browser.close();
  await test[Symbol.asyncDispose]();
});

it('leads from a rule that is tried out and changed to an alert that is acknowledged and silenced', async () => {
  await using window = await ConsoleWindow.open(browser, test.api.url);
  const { page } = window;
  await window.enter('Alerts');
  await window.see('No alert is active.');

  await page
    .getByRole('row', { name: /Memory is nearly used up/ })
    .getByRole('button')
    .click();
  const dialog = page.getByRole('dialog', { name: 'Rule memory' });
  await dialog.getByLabel('Threshold').fill('0.0001');
  await dialog.getByRole('button', { name: 'Save' }).press('Enter');
  await dialog.getByText(/must not be beyond the threshold/).waitFor();
  await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Save');
  await dialog.getByLabel('Over again at').fill('0.00005');
  await dialog.getByLabel('For so many seconds').fill('0');
  await dialog.getByRole('button', { name: 'Try on the last hour' }).click();
  await dialog.getByText(/it would have raised one alert|would have raised nothing/).waitFor();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });

  const alert = page.getByRole('listitem').filter({ hasText: 'Memory is nearly used up' });
  await alert.getByText('critical').waitFor();
  await page.getByRole('link', { name: 'Not well' }).waitFor();

  await alert.getByRole('button', { name: 'Acknowledge' }).click();
  await alert.getByText(/Acknowledged at .* by/).waitFor();
  await page.getByRole('link', { name: 'Degraded' }).waitFor();
  await alert.getByRole('button', { name: 'Silence 1 h' }).click();
  await alert.getByText(/Silent for/).waitFor();
  await alert.getByRole('button', { name: 'End the silence' }).click();
  await alert.getByRole('button', { name: 'Silence 8 h' }).waitFor();

  const { accessToken } = await test.logInAdmin();
  const actions = (await test.api.auditOf(accessToken)).map(({ action }) => action);
  expect(actions).toEqual(expect.arrayContaining(['security.alert_acknowledged']));
  expect(window.offences).toEqual([]);
});

it('sends a test over every route, and says that there is none', async () => {
  await using window = await ConsoleWindow.open(browser, test.api.url);
  await window.enter('Alerts');
  await window.page.getByRole('button', { name: 'Send a test' }).click();
  await window.page.locator('.notice').first().waitFor();
  expect(window.offences).toEqual([]);
});
