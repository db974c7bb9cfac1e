import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { Server } from 'node:tls';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../config/config.js';
import type { Log } from '../logging/log.js';
import type { Lifecycle } from './lifecycle.js';
import { portHolder } from './port-holder.js';
import { StartFailure } from './start-failure.js';

/** The checks of readiness that say how far the process itself is; the others are of what it stands on. */
const OF_THE_PROCESS: ReadonlySet<string> = new Set(['startup', 'lifecycle']);

/** Listens on HOST and PORT and returns the URL to reach it by. Throws `StartFailure` when it cannot. */
export async function listen(app: NestFastifyApplication, config: Config): Promise<string> {
  const { HOST: host, PORT: port } = config;
  try {
    // not by way of Nest, which logs the failure once more in its own words
    await app.getHttpAdapter().getInstance().listen({ host, port });
  } catch (error) {
    throw new StartFailure(explain(error as NodeJS.ErrnoException, host, port), { cause: error });
  }
  const { address, family, port: actualPort } = app.getHttpServer().address() as AddressInfo;
  const isEverywhere = address === '0.0.0.0' || address === '::';
  const name = isEverywhere ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  const scheme = app.getHttpServer() instanceof Server ? 'https' : 'http';
  return `${scheme}://${name}:${actualPort}`;
}

/**
 * Calls the service as a client would: what it says of itself counts less than an answer. That
 * something it stands on is away just now is no reason to end: it will be ready by itself.
 */
export async function confirmReady(url: string, lifecycle: Lifecycle, log: Log): Promise<void> {
  const { status, text } = await ask(`${url}/health/ready`);
  if (status === 200 || lifecycle.isStopping) return;
  const away = status === 503 ? onlyAway(text) : [];
  if (away.length === 0) throw new StartFailure(`${url}/health/ready answers ${status}: ${text}`);
  log.warn({ away }, 'started, and ready as soon as what is away answers');
}

/** What keeps a service from being ready that by its own account has started and takes requests. */
function onlyAway(text: string): string[] {
  try {
    const { error } = JSON.parse(text) as { error: object };
    const down = Object.keys(error);
    return down.some((name) => OF_THE_PROCESS.has(name)) ? [] : down;
  } catch {
    return []; // somebody else answers there
  }
}

/** Not by fetch(), which would refuse our own certificate: it is not made out for 127.0.0.1. */
async function ask(url: string): Promise<{ status: number | undefined; text: string }> {
  const options = { rejectUnauthorized: false, signal: AbortSignal.timeout(10_000) };
  const request = url.startsWith('https:') ? https.get(url, options) : http.get(url, options);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return { status: response.statusCode, text };
}

function explain({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE') {
    const holder = portHolder(port);
    return `Port ${port} on ${host} is taken${holder ? ` by ${holder}` : ''}. Stop that process, or choose another PORT.`;
  }
  if (code === 'EACCES') return `Port ${port} needs more rights. Choose a PORT above 1023.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `This machine has no address ${host}. Set HOST to one of its own, or to 0.0.0.0.`;
  }
  return `Cannot listen on ${host}:${port}: ${message}`;
}
