import { describe, expect, it } from 'vitest';
import { AuditChain } from '../audit-chain.js';

/** Copies a row, in SQL, with the columns given differently. */
const copyOf = (sequence: number, as: number) =>
  `INSERT INTO audit_logs (sequence, event_id, time, action, severity, actor, subject, metadata, hash)
   SELECT ${as}, gen_random_uuid(), time, action, severity, actor, subject, metadata, hash
   FROM audit_logs WHERE sequence = ${sequence}`;

describe('the audit trail', () => {
  it('is numbered without a gap, each entry linked to the one before', async () => {
    await using chain = await AuditChain.start();
    await chain.record(20);
    const entries = await chain.entries();
    expect(entries.map(({ sequence }) => Number(sequence))).toEqual(
      entries.map((_, index) => index + 1),
    );
    expect(new Set(entries.map(({ hash }) => hash)).size).toBe(entries.length);
    expect(await chain.verify()).toEqual({ valid: true, checked: entries.length });
  });

  it('shows an entry with its hash to whoever asks right after', async () => {
    await using chain = await AuditChain.start();
    const { api } = chain.test;
    for (let n = 0; n < 5; n++) {
      const { headers } = await api.logIn('nobody@example.com');
      const { accessToken } = await chain.test.logInAdmin();
      const requestId = headers.get('x-request-id')!;
      const [entry] = await api.auditOf(accessToken, `&requestId=${requestId}`);
      expect(entry).toMatchObject({
        action: 'auth.login_failed',
        requestId,
        hash: expect.stringMatching(/^[\da-f]{64}$/) as string,
      });
      expect(entry).not.toHaveProperty('eventId');
    }
  });

  it.each([
    ['UPDATE', `UPDATE audit_logs SET actor = 'somebody else' WHERE sequence = 1`],
    ['DELETE', 'DELETE FROM audit_logs WHERE sequence = 1'],
    ['TRUNCATE', 'TRUNCATE audit_logs'],
    ['TRUNCATE … CASCADE', 'TRUNCATE audit_logs CASCADE'],
  ])('refuses %s, even from the owner of the table', async (_name, statement) => {
    await using chain = await AuditChain.start();
    await chain.record(3);
    const before = await chain.entries();
    await expect(chain.sql(statement)).rejects.toThrow(/refused: the audit trail is append-only/);
    expect(await chain.entries()).toEqual(before);
  });

  it('refuses changes also from a session that calls itself a replica, or hides the archives', async () => {
    await using chain = await AuditChain.start();
    await chain.record(3);
    await chain.sql(`SET session_replication_role = 'replica'`);
    await expect(chain.sql('DELETE FROM audit_logs')).rejects.toThrow(/append-only/);
    await expect(chain.sql('UPDATE audit_logs SET metadata = NULL')).rejects.toThrow(/append-only/);
    await chain.sql(
      'CREATE TEMPORARY TABLE audit_archives (sequence_from bigint, sequence_to bigint)',
    );
    await chain.sql('INSERT INTO pg_temp.audit_archives VALUES (1, 1000)');
    await expect(chain.sql('DELETE FROM audit_logs')).rejects.toThrow(/append-only/);
  });

  it('lets go of what an archive covers, and of nothing else', async () => {
    await using chain = await AuditChain.start();
    await chain.record(10);
    await chain.sql(
      `INSERT INTO audit_archives (sequence_from, sequence_to, last_hash, file_sha256, made_at, signature)
       SELECT 1, 5, hash, 'abc', now(), 'def' FROM audit_logs WHERE sequence = 5`,
    );
    await expect(chain.sql('DELETE FROM audit_logs WHERE sequence <= 6')).rejects.toThrow(
      /append-only/,
    );
    await chain.sql('DELETE FROM audit_logs WHERE sequence <= 5');
    expect((await chain.entries())[0]!.sequence).toBe(6n);
    for (const statement of [
      'UPDATE audit_archives SET sequence_to = 9',
      'DELETE FROM audit_archives',
      'TRUNCATE audit_archives',
    ]) {
      await expect(chain.sql(statement)).rejects.toThrow(/append-only/);
    }
  });
});

describe('verification', () => {
  it('names the entry that was edited', async () => {
    await using chain = await AuditChain.start();
    await chain.record(20);
    await chain.tamper(`UPDATE audit_logs SET actor = 'somebody else' WHERE sequence = 7`);
    expect(await chain.verify()).toMatchObject({ valid: false, checked: 6, firstBadSequence: '7' });
  });

  it.each([
    ['time', `time = time + interval '1 ms'`],
    ['action', `action = 'auth.logged_in'`],
    ['severity', `severity = 'info'`],
    ['subject', 'subject = NULL'],
    ['metadata', `metadata = '{"n": 7.5}'`],
    ['metadata that is no object', `metadata = '[1]'`],
    ['event id', 'event_id = gen_random_uuid()'],
    ['hash', `hash = repeat('0', 64)`],
    ['a time that there is not', `time = 'infinity'`],
  ])('notices an edit of %s', async (_name, change) => {
    await using chain = await AuditChain.start();
    await chain.record(9);
    await chain.tamper(`UPDATE audit_logs SET ${change} WHERE sequence = 7`);
    expect(await chain.verify()).toMatchObject({ valid: false, firstBadSequence: '7' });
  });

  it('names the place of the entry that was deleted', async () => {
    await using chain = await AuditChain.start();
    await chain.record(20);
    await chain.tamper('DELETE FROM audit_logs WHERE sequence = 7');
    expect(await chain.verify()).toMatchObject({
      valid: false,
      firstBadSequence: '7',
      reason: 'entry 7 is missing',
    });
  });

  it('names the first of two that changed places', async () => {
    await using chain = await AuditChain.start();
    await chain.record(20);
    await chain.tamper(
      'UPDATE audit_logs SET sequence = -7 WHERE sequence = 7',
      'UPDATE audit_logs SET sequence = 7 WHERE sequence = 12',
      'UPDATE audit_logs SET sequence = 12 WHERE sequence = -7',
    );
    expect(await chain.verify()).toMatchObject({ valid: false, firstBadSequence: '7' });
  });

  it('names the entry that was inserted', async () => {
    await using chain = await AuditChain.start();
    await chain.record(20);
    const { length } = await chain.entries();
    await chain.tamper(
      'UPDATE audit_logs SET sequence = -sequence WHERE sequence >= 7',
      'UPDATE audit_logs SET sequence = 1 - sequence WHERE sequence < 0',
      copyOf(6, 7),
    );
    expect(await chain.entries()).toHaveLength(length + 1);
    expect(await chain.verify()).toMatchObject({ valid: false, firstBadSequence: '7' });
  });

  it('names the entry that was put at the end', async () => {
    await using chain = await AuditChain.start();
    await chain.record(20);
    const next = (await chain.entries()).length + 1;
    await chain.sql(copyOf(7, next)); // which no trigger refuses
    expect(await chain.verify()).toMatchObject({ valid: false, firstBadSequence: String(next) });
  });

  it('names the first of the tail that was cut off', async () => {
    await using chain = await AuditChain.start();
    await chain.record(20);
    await chain.sign();
    await chain.tamper('DELETE FROM audit_logs WHERE sequence >= 16');
    expect(await chain.verify()).toMatchObject({
      valid: false,
      checked: 15,
      firstBadSequence: '16',
    });
  });

  it('notices that the tail was cut off when other entries took its place', async () => {
    await using chain = await AuditChain.start();
    await chain.record(15);
    await chain.sign();
    const signed = (await chain.entries()).length;
    await chain.record(5);
    await chain.sign();
    await chain.tamper(`DELETE FROM audit_logs WHERE sequence > ${signed}`);
    await chain.record(20);
    expect(await chain.verify()).toMatchObject({
      valid: false,
      firstBadSequence: String(signed + 1),
    });
  });

  it('names the first that is not vouched for when all from some entry on was computed anew', async () => {
    await using chain = await AuditChain.start();
    await chain.record(10);
    await chain.sign();
    const signed = (await chain.entries()).length;
    await chain.record(10);
    await chain.sign();
    await chain.tamper(`UPDATE audit_logs SET actor = 'other' WHERE sequence = ${signed + 1}`);
    await chain.recomputeFrom(signed + 1);
    expect(await chain.verify()).toMatchObject({
      valid: false,
      firstBadSequence: String(signed + 1),
      reason: expect.stringContaining('computed anew') as string,
    });
  });

  it('is not fooled by a chain that was computed anew from its very beginning', async () => {
    await using chain = await AuditChain.start();
    await chain.record(10);
    await chain.sign();
    await chain.tamper(`UPDATE audit_logs SET actor = 'other' WHERE sequence = 1`);
    await chain.recomputeFrom(1);
    expect(await chain.verify()).toMatchObject({ valid: false, firstBadSequence: '1' });
  });

  it('does not sign a chain that contradicts what was signed before', async () => {
    await using chain = await AuditChain.start();
    await chain.record(10);
    await chain.sign();
    await chain.tamper(`UPDATE audit_logs SET actor = 'other' WHERE sequence = 1`);
    await chain.recomputeFrom(1);
    await chain.record(5);
    await chain.sign();
    expect(chain.test.lines).toContainEqual(
      expect.objectContaining({ msg: 'no checkpoint of the audit trail is made' }),
    );
    expect((await chain.verify()).valid).toBe(false);
  });

  it('is asked by several at once and done once', async () => {
    await using chain = await AuditChain.start();
    await chain.record(5);
    const verdicts = await Promise.all(Array.from({ length: 5 }, () => chain.verify()));
    for (const verdict of verdicts) expect(verdict.valid).toBe(true);
  });
});

describe('a pending entry', () => {
  it.each([
    ['altered', `UPDATE audit_pending SET actor = 'somebody else'`],
    ['forged', 'UPDATE audit_pending SET mac = NULL'],
    ['given another MAC', `UPDATE audit_pending SET mac = 'abc'`],
  ])(
    'that was %s before it was sealed is sealed with a remark behind it',
    async (_name, change) => {
      await using chain = await AuditChain.start();
      await chain.record(1);
      await chain.test.engine.withSession(async (session) => {
        await session.query('BEGIN');
        await session.query(
          `INSERT INTO audit_pending (event_id, time, action, severity, mac)
         VALUES (gen_random_uuid(), now(), 'auth.login_failed', 'warning', 'x')`,
        );
        await session.query(change);
        await session.query('COMMIT');
      });
      expect((await chain.verify()).valid).toBe(true);
      const last = (await chain.entries()).slice(-2).map(({ action }) => action);
      expect(last).toEqual(['auth.login_failed', 'audit.pending_altered']);
    },
  );
});
