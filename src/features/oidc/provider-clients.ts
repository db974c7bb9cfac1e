import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ClientAuth, Configuration, ServerMetadata } from 'openid-client';
import { Config } from '#platform/config/config';
import { toOutage } from './provider-failure.js';
import { ProviderFetch } from './provider-fetch.js';

const REQUEST_TIMEOUT_SECONDS = 4;
const FRESH_MS = 3_600_000;

/** The library, and the provider as it described itself: where its endpoints are and what it can do. */
export interface ProviderClient {
  readonly openid: typeof import('openid-client');
  readonly configuration: Configuration;
}

/**
 * Discovers the provider when it is first needed, so that a start needs no provider, and again once
 * an hour: in the background, on the strength of what was known, and still so when that fails.
 */
@Injectable()
export class ProviderClients {
  private readonly cache = new LRUCache<'current', ProviderClient>({
    max: 1,
    ttl: FRESH_MS,
    perf: { now: () => Date.now() }, // the clock of all other times here
    allowStale: true,
    noDeleteOnFetchRejection: true,
    fetchMethod: () => this.discover(),
  });

  constructor(
    private readonly config: Config,
    private readonly outside: ProviderFetch,
  ) {}

  /** Throws `ExternalServiceFailed`. */
  async current(): Promise<ProviderClient> {
    try {
      return await this.cache.forceFetch('current');
    } catch (error) {
      throw toOutage(error);
    }
  }

  private async discover(): Promise<ProviderClient> {
    const { OIDC_ISSUER: issuer = '', OIDC_CLIENT_ID: id = '' } = this.config;
    const openid = await import('openid-client'); // not before somebody signs in with it
    const isInsecure = issuer.startsWith('http:'); // which the configuration lets pass on this machine only
    const configuration = await openid.discovery(
      new URL(issuer),
      id,
      undefined,
      this.authentication(openid),
      {
        timeout: REQUEST_TIMEOUT_SECONDS,
        [openid.customFetch]: this.outside.fetch,
        execute: [
          // beyond what TLS vouches for: the signature of the ID token, by the published keys
          openid.enableNonRepudiationChecks,
          ...(isInsecure ? [openid.allowInsecureRequests] : []),
        ],
      },
    );
    return { openid, configuration };
  }

  /** In the body where the provider takes that, else in the header, which is what silence means (RFC 8414). */
  private authentication(openid: ProviderClient['openid']): ClientAuth {
    const secret = this.config.OIDC_CLIENT_SECRET ?? '';
    const inBody = openid.ClientSecretPost(secret);
    const inHeader = openid.ClientSecretBasic(secret);
    return (server: ServerMetadata, ...rest) => {
      const methods = server.token_endpoint_auth_methods_supported;
      (methods?.includes('client_secret_post') ? inBody : inHeader)(server, ...rest);
    };
  }
}
