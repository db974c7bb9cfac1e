import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedLetter {
  readonly from: string;
  readonly to: string[];
  /** The whole message as it came. */
  readonly source: string;
  readonly user: unknown;
}

/** An error with the number that the server answers. */
export function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** A mail server on this machine, in the clear unless the test says otherwise. */
export class MailServer {
  readonly received: ReceivedLetter[] = [];
  private readonly server: SMTPServer;

  constructor(
    options: SMTPServerOptions = {},
    /** What happens before a letter is taken; throws to refuse it. */
    private readonly beforeTaking: () => Promise<void> = async () => undefined,
  ) {
    this.server = new SMTPServer({
      authOptional: true,
      allowInsecureAuth: true,
      hideSTARTTLS: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      closeTimeout: 100, // clients keep their connections for the next letter
      onAuth: ({ username }, _session, done) => done(null, { user: username }),
      onData: (stream, { envelope, user }, done) => {
        const take = async () => {
          const source = await text(stream);
          await this.beforeTaking();
          this.received.push({
            from: envelope.mailFrom ? envelope.mailFrom.address : '',
            to: envelope.rcptTo.map(({ address }) => address),
            source,
            user,
          });
        };
        take().then(() => done(), done);
      },
      ...options,
    });
    this.server.on('error', () => undefined); // clients that go away
  }

  /** Listens, on the port given or a free one, and returns the SMTP_URL. */
  async start(port = 0): Promise<string> {
    const listener = this.server.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    return `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
