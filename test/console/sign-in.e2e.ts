import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../api.js';
import { ADMIN, startApp, type TestApp } from '../app.js';
import { AuthenticatorApp } from '../authenticator-app.js';
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

/** The origin that passkeys are made for unless something else is set. */
const ORIGIN = 'http://localhost:3000';

/** Makes a passkey in the page, as an application would that has such a form. */
const MAKE_PASSKEY = `(async ({ token }) => {
  const post = async (path, body) => (await fetch('/v1/auth/passkeys/register/' + path, {
    method: 'POST',
    headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })).json();
  const options = await post('options', {});
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = (await navigator.credentials.create({ publicKey })).toJSON();
  return (await post('verify', { credential, name: 'Telephone' })).name;
})`;

const open = () => ConsoleWindow.open(browser, test.api.url);
const menu = ({ page }: ConsoleWindow) => page.getByRole('navigation', { name: 'Panels' });

describe('the console', () => {
  it('lets an administrator in, who stays signed in over a reload, and leaves no token to scripts', async () => {
    await using window = await open();
    await window.enter();
    await window.see('All is well.');
    const [cookie] = await window.context.cookies();
    expect(cookie).toMatchObject({ name: '__Host-refresh', httpOnly: true, secure: true });
    const kept = await window.page.evaluate('JSON.stringify([localStorage, sessionStorage])');
    expect(kept).not.toMatch(/eyJ/);

    await window.page.reload();
    await menu(window).waitFor();
    expect(window.offences).toEqual([]);
  });

  it('tells a wrong password in a sentence', async () => {
    await using window = await open();
    await window.signIn(ADMIN.email, 'not the password');
    await window.page.getByRole('alert').getByText('is wrong').waitFor();
    expect(window.offences).toEqual([]);
  });

  it('is not for others: it says so and signs them out again', async () => {
    await test.api.register('plain@example.com');
    await using window = await open();
    await window.signIn('plain@example.com', PASSWORD);
    await window.see('This account may not use the console: it is for administrators.');
    expect(await menu(window).count()).toBe(0);
    await expect.poll(() => window.context.cookies()).toEqual([]); // it is said before it is done
  });

  it('signs all tabs out with one', async () => {
    await using window = await open();
    await window.enter();
    const second = await window.context.newPage();
    await second.goto(`${test.api.url}/console`);
    await second.getByRole('navigation', { name: 'Panels' }).waitFor();
    await window.page.getByRole('button', { name: 'Sign out' }).click();
    await second.getByLabel('Password').waitFor();
    await window.page.getByLabel('Password').waitFor();
    expect(window.offences).toEqual([]);
  });

  it('is left at once when the session is ended elsewhere', async () => {
    await using window = await open();
    await window.enter();
    await window.see('All is well.');
    const { accessToken: token } = await test.logInAdmin();
    await test.api.request('DELETE', '/v1/auth/sessions', undefined, { token });
    await window.page.getByLabel('Password').waitFor();
    await window.see('The sign-in has ended.');
    expect(window.offences).toEqual([]);
  });

  it('lets an administrator in with a passkey, and offers none where a browser takes none', async () => {
    const elsewhere = `MAP localhost:3000 ${new URL(test.api.url).host}`;
    const own = await launch(`--host-resolver-rules=${elsewhere}`);
    try {
      await using window = await ConsoleWindow.open(own, ORIGIN);
      const { page } = window;
      const devtools = await window.context.newCDPSession(page);
      await devtools.send('WebAuthn.enable');
      await devtools.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          protocol: 'ctap2',
          transport: 'internal',
          hasResidentKey: true,
          hasUserVerification: true,
          isUserVerified: true,
          automaticPresenceSimulation: true,
        },
      });
      const { accessToken: token } = await test.logInAdmin();
      const script = `${MAKE_PASSKEY}(${JSON.stringify({ token })})`;
      expect(await page.evaluate(script)).toBe('Telephone');
      await page.getByRole('button', { name: 'Use a passkey' }).click();
      await menu(window).waitFor();
      await window.see('All is well.');
      expect(window.offences).toEqual([]);
    } finally {
      await own.close();
    }
    // an address is no domain: https://www.w3.org/TR/webauthn-3/#rp-id
    await using window = await open();
    await window.page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await window.page.getByRole('button', { name: 'Use a passkey' }).count()).toBe(0);
  });

  it('asks for the code of a second factor', async () => {
    const { accessToken: token } = await test.logInAdmin();
    const password = { password: ADMIN.password };
    const { body } = await test.api.post('/v1/auth/2fa/enrol', password, { token });
    const phone = new AuthenticatorApp(String(body['otpauthUri']));
    await test.api.post('/v1/auth/2fa/confirm', { code: phone.code() }, { token });

    await using window = await open();
    await window.signIn();
    const code = window.page.getByLabel(/Code of your authenticator app/);
    await code.fill(phone.wrongCode());
    await window.page.getByRole('button', { name: 'Go on' }).click();
    await window.page.getByRole('alert').getByText('The code is wrong').waitFor();
    await code.fill(phone.code(1)); // that of this step has been used
    await window.page.getByRole('button', { name: 'Go on' }).click();
    await menu(window).waitFor();
    expect(window.offences).toEqual([]);
  });
});
