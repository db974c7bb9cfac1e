/** What came back, its JSON parsed. */
export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

export interface RequestOptions {
  readonly token?: string;
  readonly headers?: Record<string, string>;
  /** Sent as it is instead of a JSON body. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
}

/** A client of a running service that speaks JSON over real HTTP. */
export class Api {
  constructor(readonly url: string) {}

  get<T = Record<string, unknown>>(path: string, options?: RequestOptions): Promise<Answer<T>> {
    return this.request('GET', path, undefined, options);
  }

  post<T = Record<string, unknown>>(
    path: string,
    body?: unknown,
    options?: RequestOptions,
  ): Promise<Answer<T>> {
    return this.request('POST', path, body, options);
  }

  async request<T>(
    method: string,
    path: string,
    body?: unknown,
    { token, headers, raw }: RequestOptions = {},
  ): Promise<Answer<T>> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...((body !== undefined || raw !== undefined) && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
    });
    const isEndless = response.headers.get('content-type') === 'text/event-stream';
    if (isEndless) await response.body?.cancel();
    const text = isEndless ? '' : await response.text();
    const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson && text ? JSON.parse(text) : text) as T,
    };
  }

  register(email: string, password = PASSWORD): Promise<Answer> {
    return this.post('/v1/auth/register', { email, password });
  }

  logIn(email: string, password = PASSWORD): Promise<Answer<Tokens>> {
    return this.post('/v1/auth/login', { email, password });
  }

  refresh(refreshToken: string): Promise<Answer<Tokens>> {
    return this.post('/v1/auth/refresh', { refreshToken });
  }

  /** Registers and logs in. */
  async join(email: string): Promise<Tokens> {
    await this.register(email);
    return (await this.logIn(email)).body;
  }

  /** What features and guards recorded; that each request leaves its trace, too, has tests of its own. */
  async auditOf(adminToken: string, query = ''): Promise<AuditEntry[]> {
    const { body } = await this.get<{ items: AuditEntry[] }>(`/v1/audit?limit=100${query}`, {
      token: adminToken,
    });
    return body.items.filter(({ action }) => action !== 'request.completed');
  }
}

export const PASSWORD = 'correct horse battery staple';

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export interface AuditEntry {
  readonly sequence: string;
  readonly action: string;
  readonly actor: string | null;
  readonly subject: string | null;
  readonly requestId: string | null;
  readonly severity: string;
  readonly time: string;
  readonly metadata: Record<string, unknown>;
  readonly hash: string;
}
