import axe, { type AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ScheduledScan } from '#operations/scan/scheduled-scan';
import { startApp, type TestApp } from '../app.js';
import { ConsoleWindow, launch } from '../browser.js';
import { NpmProject, NpmRegistry } from '../npm-registry.js';

const SIDEWAYS = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

let test: TestApp;
let browser: Browser;
let registry: NpmRegistry;
let project: NpmProject;
let window: ConsoleWindow;

beforeAll(async () => {
  [test, browser, registry, project] = await Promise.all([
    startApp(),
    launch(),
    NpmRegistry.start(),
    NpmProject.make(),
  ]);
  test.app.get(ScheduledScan).directory = project.directory;
  vi.stubEnv('npm_config_registry', registry.url);
  window = await ConsoleWindow.open(browser, test.api.url);
  await window.enter('Dependencies');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await browser.close();
  await test[Symbol.asyncDispose]();
  await registry[Symbol.asyncDispose]();
  await project[Symbol.asyncDispose]();
});

const scanNow = () => window.page.getByRole('button', { name: 'Scan now' }).click();

/** What a full panel has against it: of accessibility, and of its width. */
async function complaints(width: number, colorScheme: 'light' | 'dark'): Promise<unknown[]> {
  await window.page.setViewportSize({ width, height: 800 });
  await window.page.emulateMedia({ colorScheme });
  await window.page.evaluate(axe.source);
  const { violations } = await window.page.evaluate<AxeResults>('axe.run()');
  const beyond = await window.page.evaluate<number>(SIDEWAYS);
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  return [...found, ...(beyond > 0 ? [`${beyond} px too wide`] : [])];
}

it('says that nothing is known before the first scan', async () => {
  await window.see('Unknown: nothing has been scanned yet.');
  expect(await window.page.getByRole('row').count()).toBe(0);
});

it('scans at a wish, and shows what is vulnerable with its remedy, and what is outdated', async () => {
  const { page } = window;
  registry.mood = {
    critter: 'critical',
    higher: 'high',
    mode: 'moderate',
    lowly: 'low',
    stuck: 'low',
  };
  await scanNow();
  await window.see('Findings: 5 packages have known vulnerabilities.');
  const findings = page.getByRole('table', { name: 'Vulnerable packages' });
  const row = findings.getByRole('row', { name: /higher/ });
  await row.getByText('update higher to 1.1.0').waitFor();
  await row.getByText('high', { exact: true }).waitFor();
  const advisory = row.getByRole('link', { name: 'higher gives in' });
  expect(await advisory.getAttribute('rel')).toBe('noreferrer');
  await findings.getByRole('row', { name: /stuck/ }).getByText('none yet').waitFor();
  const outdated = page.getByRole('table', { name: 'Outdated packages' });
  await outdated
    .getByRole('row', { name: /critter/ })
    .getByText('major')
    .waitFor();
});

it('says unknown when the registry refuses, over what was known', async () => {
  registry.mood = 'refuses';
  await scanNow();
  await window.see(/Unknown: no report: 405 .* Below is the latest result that is known, of/);
  const findings = window.page.getByRole('table', { name: 'Vulnerable packages' });
  expect(await findings.getByRole('row', { name: /critter|stuck/ }).count()).toBe(2);
});

it.each([
  [360, 'light'],
  [1_280, 'light'],
  [1_280, 'dark'],
] as const)(
  'is for everybody, %i pixels wide and %s, when it is full',
  async (width, colorScheme) => {
    const found = await complaints(width, colorScheme);
    const folder = process.env['SCREENSHOTS'];
    if (folder)
      await window.page.screenshot({
        path: `${folder}/scan-${width}-${colorScheme}.png`,
        fullPage: true,
      });
    expect(found).toEqual([]);
  },
);

it('says clean when it is', async () => {
  registry.mood = {};
  await scanNow();
  await window.see('Clean: no package has a known vulnerability.');
  expect(window.offences).toEqual([]);
});
