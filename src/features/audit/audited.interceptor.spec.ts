import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { defer, lastValueFrom, of, throwError } from 'rxjs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Database } from '#platform/database/database';
import { fake } from '../../../test/fake.js';
import { Audited, type Exchange } from './audit.decorators.js';
import type { AuditService } from './audit.service.js';
import { AuditedInterceptor } from './audited.interceptor.js';

class Routes {
  @Audited('api_key.revoked')
  remove(this: void) {}

  @Audited('user.role_changed', {
    subject: ({ answer }: Exchange<unknown, { owner: string }>) => answer.owner,
    metadata: ({ body }: Exchange<{ role: string }>) => ({ role: body.role }),
  })
  change(this: void) {}
}

const steps: string[] = [];
const record = vi.fn();
const transaction = vi.fn();
const interceptor = new AuditedInterceptor(
  new Reflector(),
  fake<AuditService>({ record }),
  fake<Database>({ transaction }),
);

beforeEach(() => {
  steps.length = 0;
  vi.resetAllMocks();
  record.mockImplementation((action: string) => {
    steps.push(action);
    return Promise.resolve();
  });
  transaction.mockImplementation(async (work: () => Promise<unknown>) => {
    steps.push('begin');
    const answer = await work();
    steps.push('commit');
    return answer;
  });
});

const run = (route: keyof Routes, request: object, handle: CallHandler['handle']) =>
  lastValueFrom(
    interceptor.intercept(
      fake<ExecutionContext>({
        getClass: () => Routes as never,
        getHandler: () => Routes.prototype[route],
        switchToHttp: () => ({ getRequest: () => request }) as never,
      }),
      { handle },
    ),
  );

const works = (answer?: unknown) => () =>
  defer(() => {
    steps.push('work');
    return of(answer);
  });

describe('a route marked as audited', () => {
  it('is one transaction with its entry, and answers what it would anyway', async () => {
    const answer = { id: 'made' };
    expect(await run('remove', { params: {} }, works(answer))).toBe(answer);
    expect(steps).toEqual(['begin', 'work', 'api_key.revoked', 'commit']);
  });

  it('is about what its address names, else about what it made', async () => {
    await run('remove', { params: { id: 'named' } }, works({ id: 'made' }));
    await run('remove', { params: {} }, works({ id: 'made' }));
    await run('remove', { params: {} }, works());
    expect(record.mock.calls.map(([, { subject }]) => subject)).toEqual([
      'named',
      'made',
      undefined,
    ]);
  });

  it('says what the mark takes from request and answer', async () => {
    const request = { params: { id: 'named' }, body: { role: 'admin' } };
    await run('change', request, works({ owner: 'o' }));
    expect(record).toHaveBeenCalledExactlyOnceWith('user.role_changed', {
      subject: 'o',
      metadata: { role: 'admin' },
    });
  });

  it('records nothing when it fails, and fails with the same', async () => {
    const failure = new Error('no');
    const handle = () => throwError(() => failure);
    await expect(run('remove', { params: {} }, handle)).rejects.toBe(failure);
    expect(steps).toEqual(['begin']);
  });

  it('fails when the entry cannot be recorded', async () => {
    record.mockRejectedValue(new Error('no'));
    await expect(run('remove', { params: {} }, works())).rejects.toThrow('no');
    expect(steps).toEqual(['begin', 'work']);
  });

  it('runs again, and records once more, when the transaction does', async () => {
    transaction.mockImplementation(async (work: () => Promise<unknown>) => {
      await work();
      return work();
    });
    await run('remove', { params: { id: 'named' } }, works());
    expect(steps).toEqual(['work', 'api_key.revoked', 'work', 'api_key.revoked']);
  });
});
