import { expect, it, vi } from 'vitest';
import type { Log } from '#platform/logging/log';
import { fake } from '../../../../test/fake.js';
import type { EventMaker } from '../event-maker.js';
import type { Inserter } from './inserter.js';
import type { Found, Journal } from './journal.js';
import { JournalReplay } from './journal-replay.js';

it('a file of the journal that cannot be read is told of, and where to look what to do', async () => {
  const found: Found = { file: 'a.journal', events: [], damaged: [], unreadable: 'EIO: i/o error' };
  const remove = vi.fn(() => Promise.resolve());
  const error = vi.fn();
  const replay = new JournalReplay(
    fake<Journal>({ readOldest: () => Promise.resolve(found), remove }),
    fake<Inserter>(),
    fake<EventMaker>(),
    fake<Log>({ error }),
  );
  expect(await replay.replayOldest()).toBe(null);
  expect(remove).toHaveBeenCalledWith(found);
  expect(error).toHaveBeenCalledWith(
    { file: 'a.journal', reason: 'EIO: i/o error' },
    expect.stringContaining('runbooks/audit-set-aside.md'),
  );
});
