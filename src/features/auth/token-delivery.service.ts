import { parse, serialize } from 'cookie';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isAllowedOrigin } from '#edge/transport/allowed-origins';
import { Config } from '#platform/config/config';
import { Forbidden } from '#platform/errors/problems';
import type { TokenPair } from './auth.dto.js';
import { SessionsService } from './sessions.service.js';
import { Tokens } from './tokens.js';
import type { Transport } from './transport.js';

export { IsTransport, type Transport } from './transport.js';

/** `__Host-`: browsers take it only over https (or from localhost), for this host alone, on every path. */
const COOKIE = '__Host-refresh';

const ATTRIBUTES = { path: '/', httpOnly: true, secure: true, sameSite: 'strict' } as const;

/** How tokens reach the client and come back: in the body, or the refresh token in a cookie that no script can read. */
@Injectable()
export class TokenDeliveryService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly tokens: Tokens,
    private readonly config: Config,
  ) {}

  /**
   * Ends the session that the client presented with its sign-in, if any, and gives it the new
   * tokens. With the transport `cookie` the refresh token is in no body.
   */
  async deliver(
    request: FastifyRequest,
    reply: FastifyReply,
    tokens: TokenPair,
    transport?: Transport | null,
  ): Promise<TokenPair> {
    const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    await Promise.all([this.end(bearer), this.end(cookieOf(request))]);
    return this.hand(reply, tokens, transport ?? 'body');
  }

  hand(reply: FastifyReply, tokens: TokenPair, transport: Transport): TokenPair {
    if (transport === 'body') return tokens;
    const { refreshToken = '', ...inBody } = tokens;
    this.setCookie(reply, refreshToken, Math.floor(this.tokens.refreshTtlMs / 1_000));
    return inBody;
  }

  /**
   * The refresh token of the cookie. A browser sends it along with what any page makes it send, so
   * it counts only from our own pages and those of CORS_ORIGINS. Throws `Forbidden` for others.
   */
  takeFromCookie(request: FastifyRequest): string | undefined {
    const cookie = cookieOf(request);
    if (cookie !== undefined && !this.isFromOurPages(request)) throw new Forbidden();
    return cookie;
  }

  clearCookie(request: FastifyRequest, reply: FastifyReply): void {
    if (cookieOf(request) !== undefined) this.setCookie(reply, '', 0);
  }

  private async end(token: string | undefined): Promise<void> {
    const sessionId = token && (await this.tokens.sessionOf(token));
    if (sessionId) await this.sessions.close(sessionId);
  }

  private setCookie(reply: FastifyReply, value: string, maxAge: number): void {
    void reply.header('set-cookie', serialize(COOKIE, value, { ...ATTRIBUTES, maxAge }));
  }

  /** Browsers name the page with every POST; what names none is no browser, and has no victim. */
  private isFromOurPages({ headers, host }: FastifyRequest): boolean {
    const { origin } = headers;
    if (origin === undefined)
      return !['cross-site', 'same-site'].includes(String(headers['sec-fetch-site']));
    if (URL.canParse(origin) && new URL(origin).host === host) return true;
    return isAllowedOrigin(origin, this.config.CORS_ORIGINS);
  }
}

function cookieOf({ headers }: FastifyRequest): string | undefined {
  return headers.cookie === undefined ? undefined : parse(headers.cookie)[COOKIE];
}
