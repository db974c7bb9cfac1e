import axe, { type AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../app.js';
import { ConsoleWindow, launch } from '../browser.js';

const PANELS = [
  'Overview',
  'Alerts',
  'Audit trail',
  'Security',
  'People',
  'Jobs',
  'Database',
  'Logs',
  'Configuration',
  'Dependencies',
];

const SIDEWAYS = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

let test: TestApp;
let browser: Browser;

beforeAll(async () => {
  [test, browser] = await Promise.all([startApp(), launch()]);
  await test.api.register('ada@example.com');
});
afterAll(async () => {
  await browser.close();
  await test[Symbol.asyncDispose]();
});

/** What axe-core finds, as one would tell it: by all rules, or by those that a theme has a part in. */
async function violations({ page }: ConsoleWindow, isAll: boolean): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<AxeResults>(
    `axe.run(${isAll ? '' : "{ runOnly: ['color-contrast', 'link-in-text-block'] }"})`,
  );
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  const isAll = colorScheme === 'light';
  it('every panel and the sign-in are for everybody: axe-core finds nothing', async () => {
    await using window = await ConsoleWindow.open(browser, test.api.url, { colorScheme });
    expect({ panel: 'sign-in', found: await violations(window, isAll) }).toEqual({
      panel: 'sign-in',
      found: [],
    });
    await window.enter();
    await window.see('All is well.');
    for (const panel of PANELS) {
      await window.goTo(panel);
      await window.page.getByText('Loading …').first().waitFor({ state: 'hidden' });
      expect({ panel, found: await violations(window, isAll) }).toEqual({ panel, found: [] });
    }
    expect(window.offences).toEqual([]);
  });
});

it.each([360, 1_280, 3_840])(
  'fits a window of %i pixels: nothing is cut off sideways',
  async (width) => {
    await using window = await ConsoleWindow.open(browser, test.api.url, {
      viewport: { width, height: 800 },
    });
    await window.enter();
    for (const panel of PANELS) {
      await window.goTo(panel);
      const beyond = await window.page.evaluate<number>(SIDEWAYS);
      expect({ panel, beyond }).toEqual({ panel, beyond: 0 });
    }
  },
);

it('is used from the keyboard: skip link, shortcuts that can be switched off, focus that is seen', async () => {
  await using window = await ConsoleWindow.open(browser, test.api.url);
  const { page } = window;
  await window.enter();
  await page.keyboard.press('3');
  await page.getByRole('heading', { level: 1, name: 'Audit trail' }).waitFor();
  await page.keyboard.press('/');
  await page.locator('input[name=action]:focus').waitFor();
  await page.keyboard.press('1');
  expect(await page.getByLabel('Action').inputValue()).toBe('1');

  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('?');
  await page.getByRole('checkbox', { name: 'Single-key shortcuts are on' }).uncheck();
  await page.keyboard.press('Escape');
  await page.keyboard.press('1');
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Audit trail');
  expect(window.offences).toEqual([]);
});

it('is served with a policy that lets nothing inline and nobody else in', async () => {
  const { headers } = await test.api.get('/console');
  const policy = headers.get('content-security-policy')!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
});

it('gives a file again only when it has changed, and none that is not of the console', async () => {
  const path = '/console/assets/app/main.js';
  const first = await test.api.get(path);
  const etag = first.headers.get('etag')!;
  expect((await test.api.get(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
  for (const name of [
    'app/none.js',
    '..%2f..%2f/package.json',
    '__proto__/constructor',
    'app/%2e%2e',
  ]) {
    // what climbs is taken for an attack
    expect([403, 404]).toContain((await test.api.get(`/console/assets/${name}`)).status);
  }
});
