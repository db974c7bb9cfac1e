import { EventEmitter } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import type { Authenticator } from '#edge/access/authenticator';
import { fake } from '../../../test/fake.js';
import { LiveEvents, TooManyWatchers } from './live-events.js';
import type { LiveSources } from './live-sources.js';
import { WatchersService } from './watchers.service.js';

it('lets ten of one account watch, and leaves the others their places', () => {
  const sources = fake<LiveSources>({ look: () => undefined });
  const watchers = new WatchersService(new LiveEvents(), sources, fake<Authenticator>({}));
  const open = (userId: string) => {
    const raw = new EventEmitter();
    const request = { principal: { userId } } as unknown as FastifyRequest;
    watchers.open(request, { raw } as unknown as FastifyReply);
    return raw;
  };
  const lines = Array.from({ length: 10 }, () => open('a script'));
  expect(() => open('a script')).toThrow(TooManyWatchers);
  open('a person');
  lines[0]!.emit('close');
  return expect.poll(() => open('a script')).toBeDefined();
});
