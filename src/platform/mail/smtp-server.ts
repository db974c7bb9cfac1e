import type { Config } from '../config/config.js';

/** How to reach the server that SMTP_URL names. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte rather than by STARTTLS. */
  readonly secure: boolean;
  /** Rather no letter than one in the clear. */
  readonly requireTLS: boolean;
  readonly ignoreTLS: boolean;
  readonly auth: { readonly user: string; readonly pass: string } | undefined;
}

const IMPLICIT_TLS_PORT = 465;
const SUBMISSION_PORT = 587;
const THIS_MACHINE = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/**
 * Reads SMTP_URL. In production a server that is not this machine must speak TLS, unless the URL
 * says `?tls=none`, as for a relay in a private network.
 */
export function smtpServer(url: string, environment: Config['NODE_ENV']): SmtpServer {
  const { protocol, hostname, port, username, password, searchParams } = new URL(url);
  const secure = protocol === 'smtps:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const ignoreTLS = searchParams.get('tls') === 'none';
  return {
    host,
    port: Number(port) || (secure ? IMPLICIT_TLS_PORT : SUBMISSION_PORT),
    secure,
    requireTLS: environment === 'production' && !ignoreTLS && !THIS_MACHINE.test(host),
    ignoreTLS,
    auth: username
      ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
      : undefined,
  };
}
