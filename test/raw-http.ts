import { connect } from 'node:net';

export interface Exchange {
  /** What came back, whole. */
  readonly text: string;
  /** The status of every answer that came back. */
  readonly statuses: number[];
  /** The headers of the first answer, names in lower case. */
  readonly headers: Record<string, string>;
  /** After how long the server closed. */
  readonly tookMs: number;
}

/** Sends bytes as they are, one a character, and waits until the server closes. */
export function exchange(url: string, bytes: string): Promise<Exchange> {
  const { hostname, port } = new URL(url);
  const start = performance.now();
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), hostname, () =>
      socket.write(Buffer.from(bytes, 'latin1')),
    );
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () =>
      resolve({
        text,
        statuses: [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status)),
        headers: headersOf(text),
        tookMs: performance.now() - start,
      }),
    );
  });
}

function headersOf(text: string): Record<string, string> {
  const [head = ''] = text.split('\r\n\r\n', 1);
  const lines = head.split('\r\n').slice(1);
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', value = ''] = line.split(/: (.*)/, 2);
      return [name.toLowerCase(), value];
    }),
  );
}
