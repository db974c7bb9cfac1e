import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, type JWTPayload } from 'jose';
import { Provider } from 'oidc-provider';
import { vi } from 'vitest';

export const CLIENT = { id: 'aerie', secret: 'secret of the tests' };
export const REDIRECT_URL = 'https://app.example.com/signed-in';

/** Somebody with an account at the provider. */
export interface Person {
  readonly email?: string;
  readonly email_verified?: boolean | string;
  readonly name?: string;
}

/** What the provider sends a browser back with. */
export interface Answer {
  readonly code: string;
  readonly state: string;
  readonly iss: string;
}

/** Answers instead of the provider; false leaves the request to it. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A real OpenID provider in this process. */
export interface TestProvider extends AsyncDisposable {
  readonly issuer: string;
  /** The environment of a service that it knows. */
  readonly environment: Record<string, string>;
  /** Its people by subject; a test adds its own. */
  readonly people: Map<string, Person>;
  /** How often each path was asked for. */
  readonly asked: Map<string, number>;
  fault: Fault | undefined;
  /** Lets somebody sign in and consent, in a browser of their own, and returns what it brings back. */
  signIn(authorizationUrl: string, subject: string): Promise<Answer>;
  /** An ID token with the provider's own signature. */
  sign(claims: JWTPayload): Promise<string>;
}

interface Options {
  /** Whether the ID token has the claims in it, or the UserInfo endpoint must be asked. */
  readonly tellsInToken?: boolean;
}

export async function startProvider({ tellsInToken = true }: Options = {}): Promise<TestProvider> {
  // it warns of what would be wrong in production
  for (const level of ['info', 'warn'] as const) vi.spyOn(console, level).mockReturnValue();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const people = new Map<string, Person>();
  const provider = new Provider(issuer, {
    clients: [
      { client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [REDIRECT_URL] },
    ],
    claims: { email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: !tellsInToken,
    cookies: { keys: [randomBytes(16).toString('hex')] },
    jwks: {
      keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }],
    },
    findAccount: (_context: unknown, subject: string) => ({
      accountId: subject,
      claims: () => ({ sub: subject, ...people.get(subject) }),
    }),
  });

  const asked = new Map<string, number>();
  const handle = provider.callback();
  const running: TestProvider = {
    issuer,
    environment: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
      OIDC_REDIRECT_URL: REDIRECT_URL,
    },
    people,
    asked,
    fault: undefined,
    signIn: walkThrough,
    sign: (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('request', (request, response) => {
    const path = request.url!.split('?', 1)[0]!;
    asked.set(path, (asked.get(path) ?? 0) + 1);
    if (!running.fault?.(request, response)) handle(request, response);
  });
  return running;
}

/** The provider's pages, as a browser goes through them: sign in, consent, and back. */
async function walkThrough(authorizationUrl: string, subject: string): Promise<Answer> {
  const cookies = new Map<string, string>();
  const forms = [`prompt=login&login=${encodeURIComponent(subject)}&password=x`, 'prompt=consent'];
  let url = authorizationUrl;
  for (let step = 0; step < 10 && !url.startsWith(REDIRECT_URL); step++) {
    const form = url.includes('/interaction/') ? forms.shift() : undefined;
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      body: form,
      redirect: 'manual',
      headers: {
        cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name, value] = cookie.split(';', 1)[0]!.split('=') as [string, string];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (!location) throw new Error(`${response.status} at ${url}: ${await response.text()}`);
    url = new URL(location, url).href;
  }
  return Object.fromEntries(new URL(url).searchParams) as unknown as Answer;
}
