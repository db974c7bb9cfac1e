import { Writable } from 'node:stream';
import { parentPort } from 'node:worker_threads';
import { RollingFile, type FileOptions } from './rolling-file.js';

export type { FileOptions } from './rolling-file.js';

/** What the thread tells of itself whenever that changes. */
export interface FilesReport {
  readonly trouble: string | undefined;
  readonly dropped: number;
}

const KINDS = ['combined', 'error', 'http', 'security'] as const;

const LARGEST_PIECE = 65_536;

type Kind = (typeof KINDS)[number];

// the level comes first and the module soon after: a line need not be parsed to know where it goes
const HEAD = /^\{"level":"(\w+)","time":"[^"]*"(?:,"module":"([\w.-]*)")?/;

/** A transport of pino: runs in a thread of its own and writes each line to the files that it belongs in. */
export default async function logFileWriter(options: FileOptions): Promise<Writable> {
  const report = () => {
    const all = Object.values(files);
    const trouble = all.find((file) => file.trouble)?.trouble;
    const dropped = all.reduce((sum, file) => sum + file.dropped, 0);
    const args: FilesReport[] = [{ trouble, dropped }];
    // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
    parentPort?.postMessage({ code: 'EVENT', name: 'report', args });
  };
  const files = Object.fromEntries(
    KINDS.map((kind) => [kind, new RollingFile(kind, options, report)]),
  ) as Record<Kind, RollingFile>;
  await Promise.all(Object.values(files).map((file) => file.open()));
  report(); // after a thread that died nobody knows how this one does

  let halfLine = '';
  return new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      const lines = (halfLine + chunk).split('\n');
      halfLine = lines.pop()!;
      void writeAll(files, lines, Math.min(LARGEST_PIECE, options.bytes)).then(() => done());
    },
    final(done) {
      void Promise.all(Object.values(files).map((file) => file.close())).then(() => done());
    },
  });
}

/** In pieces, so that files are rolled between them however much comes at once. */
async function writeAll(
  files: Record<Kind, RollingFile>,
  lines: readonly string[],
  piece: number,
): Promise<void> {
  let texts: Partial<Record<Kind, string>> = {};
  const flush = async () => {
    const due = Object.entries(texts) as [Kind, string][];
    texts = {};
    await Promise.all(due.map(([kind, text]) => files[kind].write(text)));
  };
  let size = 0;
  for (const line of lines) {
    for (const kind of kindsOf(line)) texts[kind] = `${texts[kind] ?? ''}${line}\n`;
    size += line.length;
    if (size < piece) continue;
    size = 0;
    await flush();
  }
  await flush();
}

/** Which files a line belongs in; `combined` has them all. */
export function kindsOf(line: string): Kind[] {
  const [, level, module] = HEAD.exec(line) ?? [];
  const kinds: Kind[] = ['combined'];
  if (level === 'error' || level === 'fatal') kinds.push('error');
  if (level === 'security' || level === 'audit') kinds.push('security');
  if (module === 'http') kinds.push('http');
  return kinds;
}
