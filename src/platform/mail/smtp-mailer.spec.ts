import { afterEach, describe, expect, it } from 'vitest';
import { MailServer, refusal } from '../../../test/mail-server.js';
import { loadConfig } from '../config/load-config.js';
import { createLog } from '../logging/log.js';
import { HopelessJob } from '../queue/job.js';
import { SmtpMailer } from './smtp-mailer.js';
import { smtpServer } from './smtp-server.js';

const letter = {
  id: '019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11',
  to: 'ada@example.com',
  subject: 'Ünïcode subject',
  text: 'the text',
  html: '<p>the html</p>',
};

let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
});

async function mailerFor(server: MailServer, change = (url: string) => url): Promise<SmtpMailer> {
  const url = await server.start();
  ends.push(() => server.stop());
  const { config } = loadConfig({ MAIL_FROM: 'Aerie <no-reply@example.com>' }, '/dev/null');
  const log = await createLog(config, { write: () => undefined });
  const mailer = new SmtpMailer(config, log, change(url));
  ends.push(() => mailer.onApplicationShutdown());
  return mailer;
}

describe('a mail server', () => {
  it('gets the letter with its headers and both its parts', async () => {
    const server = new MailServer();
    const mailer = await mailerFor(server, (url) => url.replace('//', '//user:p%40ss@'));
    await mailer.deliver(letter);
    const [received] = server.received;
    expect(received).toMatchObject({
      from: 'no-reply@example.com',
      to: ['ada@example.com'],
      user: 'user',
    });
    expect(received!.source).toMatch(/^From: Aerie <no-reply@example.com>\r$/m);
    expect(received!.source).toMatch(/^To: ada@example.com\r$/m);
    expect(received!.source).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(received!.source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    // the same when it is handed over again, so that whoever reads it can tell
    expect(received!.source).toContain(`\r\nMessage-ID: <${letter.id}@example.com>\r\n`);
    expect(received!.source).toMatch(/text\/plain[^]+the text[^]+text\/html[^]+<p>the html<\/p>/);
  });

  it('gets no header from a subject and no recipient from an address', async () => {
    const server = new MailServer();
    const mailer = await mailerFor(server);
    const subject = 'x\r\nBcc: eve@example.com\r\n\r\nbody';
    await mailer.deliver({ ...letter, subject });
    expect(server.received[0]!.to).toEqual(['ada@example.com']);
    expect(server.received[0]!.source).not.toMatch(/^(Bcc|body)/m);
    for (const to of ['ada@example.com, eve@example.com', 'a@b.example>\r\nRCPT TO:<e@b.example']) {
      await mailer.deliver({ ...letter, to }).catch(() => undefined); // refused, or taken as one address
    }
    expect(server.received.flatMap((received) => received.to)).not.toContain('eve@example.com');
    expect(server.received.flatMap((received) => received.to)).not.toContain('e@b.example');
  });

  it('that refuses a reader for good makes the job hopeless, the address masked', async () => {
    const server = new MailServer({
      onRcptTo: ({ address }, _session, done) => done(refusal(550, `${address} is unknown`)),
    });
    const outcome = (await mailerFor(server)).deliver(letter);
    await expect(outcome).rejects.toThrow(HopelessJob);
    await expect(outcome).rejects.toThrow(/550 a…@example.com is unknown/);
    await expect(outcome).rejects.not.toThrow(/ada@example/);
  });

  it.each([
    ['is busy', new MailServer({ onRcptTo: (_to, _s, done) => done(refusal(451, 'greylisted')) })],
    ['refuses us', new MailServer({ onMailFrom: (_f, _s, done) => done(refusal(550, 'not you')) })],
    [
      'wants TLS that is not to be trusted',
      new MailServer({ hideSTARTTLS: false, disabledCommands: [] }),
    ],
  ])('that %s may be tried again', async (_how, server) => {
    const error: unknown = await (await mailerFor(server)).deliver(letter).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(HopelessJob);
    expect(server.received).toEqual([]);
  });
});

describe('SMTP_URL', () => {
  it.each([
    ['smtp://mail.example', { host: 'mail.example', port: 587, secure: false, requireTLS: true }],
    ['smtps://mail.example', { host: 'mail.example', port: 465, secure: true }],
    ['smtp://mail.example:2525?tls=none', { port: 2525, requireTLS: false, ignoreTLS: true }],
    ['smtp://localhost:25', { requireTLS: false, ignoreTLS: false }],
    ['smtp://[::1]:25', { host: '::1', requireTLS: false }],
    ['smtp://a%40b:c%2Fd@mail.example', { auth: { user: 'a@b', pass: 'c/d' } }],
  ])('%s is read in production', (url, server) => {
    expect(smtpServer(url, 'production')).toMatchObject(server);
  });
});
