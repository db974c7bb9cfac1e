import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '#platform/config/load-config';
import type { Log } from '#platform/logging/log';
import { fake } from '../../../test/fake.js';
import { FirstAdministrator } from './first-administrator.js';
import type { UsersService } from './users.service.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aerie-first-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const error = vi.fn();

function administrator(users: Partial<UsersService>, environment: Record<string, string> = {}) {
  const { config } = loadConfig({ DATA_DIR: directory, ...environment }, '/dev/null');
  return new FirstAdministrator(config, fake<UsersService>(users), fake<Log>({ error }));
}

const yes = () => Promise.resolve(true);
const no = () => Promise.resolve(false);
const there = { hasAdministrator: yes };
const missing = { hasAdministrator: no };

describe('the first administrator', () => {
  it('is made with a password that waits until it has been shown', async () => {
    const added: { id: string }[] = [];
    const addAdministrator = (account: { id: string }) => {
      added.push(account);
      return Promise.resolve(true);
    };
    const made = await administrator({ ...missing, addAdministrator }).ensure();
    expect(made).toMatchObject({ email: 'admin@localhost.test', id: added[0]!.id });

    // killed before the banner: the next start shows the same one
    const exists = (id: string) => Promise.resolve(id === made!.id);
    const next = administrator({ ...there, exists });
    expect(await next.ensure()).toEqual(made);
    next.forget(made!);
    expect(await next.ensure()).toBeNull();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('has no password to show when another process was faster', async () => {
    const hasAdministrator = vi.fn().mockResolvedValueOnce(false).mockResolvedValue(true);
    expect(await administrator({ hasAdministrator, addAdministrator: no }).ensure()).toBeNull();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('does not keep a start from succeeding: no folder, or a file that a kill cut off', async () => {
    writeFileSync(join(directory, 'first-administrator-torn.json'), '{"id":"0');
    expect(await administrator({ ...there, exists: yes }).ensure()).toBeNull();
    const nowhere = { DATA_DIR: join(directory, 'not-made') };
    expect(await administrator({ ...there, exists: yes }, nowhere).ensure()).toBeNull();
  });

  it('is not replaced in silence when an ordinary account has its address', async () => {
    const environment = { ADMIN_PASSWORD: 'a password of the operator' };
    await administrator({ ...missing, addAdministrator: no }, environment).ensure();
    expect(error).toHaveBeenCalledWith(
      { email: 'admin@localhost.test' },
      expect.stringContaining('belongs to an ordinary account'),
    );
  });
});
