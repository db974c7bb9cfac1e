import type { Answer, Api, Tokens } from './api.js';
import type { Answer as ProviderAnswer, TestProvider } from './openid-provider.js';

export const OIDC = '/v1/auth/oidc';

/** In ascending order, for those who asked at once. */
export function statusesOf(answers: readonly { status: number }[]): number[] {
  return answers.map(({ status }) => status).toSorted((a, b) => a - b);
}

/** A browser on a page of ours: it keeps the cookie, and goes to the provider when told. */
export class OidcBrowser {
  cookie = '';

  constructor(
    private readonly api: Api,
    private readonly provider: TestProvider,
    private readonly token?: string,
  ) {}

  async post<T = Record<string, unknown>>(path: string, body?: unknown): Promise<Answer<T>> {
    const { token } = this;
    const answer = await this.api.post<T>(OIDC + path, body, {
      token,
      headers: { cookie: this.cookie },
    });
    this.cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? this.cookie;
    return answer;
  }

  /** Begins, and goes to the provider and back. */
  async visit(subject: string, path = '/start', body?: unknown): Promise<ProviderAnswer> {
    const start = await this.post<{ authorizationUrl: string }>(path, body);
    if (start.status !== 201) throw new Error(JSON.stringify(start.body));
    return this.provider.signIn(start.body.authorizationUrl, subject);
  }

  async signIn(subject: string): Promise<Answer<Tokens & Record<string, unknown>>> {
    return this.post('/callback', await this.visit(subject));
  }

  async link(subject: string): Promise<Answer> {
    return this.post('/link/callback', await this.visit(subject, '/link', {}));
  }
}
