import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { expect, it } from 'vitest';
import { loadConfig } from '#platform/config/load-config';
import { PermissionsPolicy } from './permissions-policy.decorators.js';
import { securityHeaders, setSecurityHeaders } from './security-headers.js';

@Controller()
class Pages {
  @PermissionsPolicy({ camera: ['self'], microphone: ['self', 'https://call.example'] })
  @Get('call')
  call() {
    return 'ok';
  }
  @Get('plain')
  plain() {
    return 'ok';
  }
}

@Module({ controllers: [Pages] })
class PagesModule {}

const configOf = (environment: Record<string, string> = {}) =>
  loadConfig(environment, '/dev/null').config;

it('a route opens what its page needs, and no other route', async () => {
  const adapter = new FastifyAdapter();
  setSecurityHeaders(adapter.getInstance(), configOf());
  const app = await NestFactory.create<NestFastifyApplication>(PagesModule, adapter, {
    logger: false,
  });
  await app.init();
  const policyOf = async (url: string) =>
    (await app.inject({ method: 'GET', url })).headers['permissions-policy'];
  const policy = await policyOf('/call');
  expect(policy).toContain('camera=(self)');
  expect(policy).toContain('microphone=(self "https://call.example")');
  expect(policy).toContain('geolocation=()');
  expect(await policyOf('/plain')).toContain('camera=()');
  await app.close();
});

it('the sources of a call can be given', () => {
  const { 'content-security-policy': policy } = securityHeaders(
    configOf({ CSP_CONNECT_SOURCES: 'wss://media.example.com' }),
  );
  expect(policy).toContain("connect-src 'self' wss://media.example.com");
  expect(policy).toContain("media-src 'self' wss://media.example.com");
});

it('HSTS is sent in production only', () => {
  const production = configOf({
    NODE_ENV: 'production',
    DATABASE_URL: 'embedded',
    ENCRYPTION_KEYS: `a:${Buffer.alloc(32, 1).toString('base64')}`,
    JWT_SIGNING_KEYS: 'MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g', // RFC 8032, test 1: not a secret
  });
  expect(securityHeaders(production)['strict-transport-security']).toBe(
    'max-age=31536000; includeSubDomains',
  );
  expect(securityHeaders(configOf())['strict-transport-security']).toBeUndefined();
});
