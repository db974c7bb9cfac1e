import {
  chromium as driver,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import { ADMIN } from './app.js';
import { chromium } from './chromium.js';

/** No sandbox in a container, and not a word to anybody but the service. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A tick is five seconds, and the machine may be busy. */
const PATIENCE_MS = 60_000;

export function launch(...more: string[]): Promise<Browser> {
  return driver.launch({ executablePath: chromium!, args: [...ARGUMENTS, ...more] });
}

/** A browser’s window on the console of one service, which notes what must not happen. */
export class ConsoleWindow implements AsyncDisposable {
  /** Errors of scripts and of the policy, and requests to anybody else. */
  readonly offences: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly url: string,
  ) {}

  static async open(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<ConsoleWindow> {
    // a colour on its way from one theme to the other is neither's, and axe-core would judge it
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const window = new ConsoleWindow(context, page, url);
    window.note();
    await page.goto(`${url}/console`);
    return window;
  }

  async signIn(email = ADMIN.email, password = ADMIN.password): Promise<void> {
    await this.page.getByLabel('E-mail').fill(email);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** Signs in as administrator and goes to a panel. */
  async enter(panel = 'Overview'): Promise<void> {
    await this.signIn();
    await this.page.getByRole('navigation', { name: 'Panels' }).waitFor();
    await this.goTo(panel);
  }

  async goTo(panel: string): Promise<void> {
    await this.page.getByRole('link', { name: panel, exact: false }).first().click();
    await this.page.getByRole('heading', { level: 1, name: panel }).waitFor();
  }

  async see(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
  }

  private note(): void {
    this.page.on('pageerror', (error) => this.offences.push(`error: ${error.message}`));
    this.page.on('console', (message) => {
      // what a refusal or a stopped service leaves there is the browser’s own remark
      const isRemark = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isRemark) this.offences.push(message.text());
    });
    this.page.on('request', (request) => {
      const isOurs = request.url().startsWith(`${this.url}/`) || request.url().startsWith('blob:');
      if (!isOurs) this.offences.push(`request to ${request.url()}`);
    });
  }
}
