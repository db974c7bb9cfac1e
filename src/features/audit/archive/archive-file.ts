import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { ChainEntry } from '../chain/entry-hash.js';

const PARTIAL = '.partial';
const ABANDONED_MS = 3_600_000;

/** As JSON gives it back. */
type WrittenEntry = Omit<ChainEntry, 'sequence' | 'time'> & Record<'sequence' | 'time', string>;

/** Where a manifest lies. */
export function manifestPathOf(archive: string): string {
  return archive.replace(/\.ndjson\.gz$/, '') + '.json';
}

/** Writes entries as packed NDJSON and has them on disk. Returns the SHA-256 of the file. */
export async function writeEntries(
  path: string,
  pages: AsyncIterable<readonly ChainEntry[]>,
): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  await pipeline(
    Readable.from(linesOf(pages), { objectMode: false }),
    createGzip(),
    async function* (packed: AsyncIterable<Buffer>) {
      for await (const chunk of packed) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(path + PARTIAL, { mode: 0o600, flush: true }),
  );
  return hash.digest('hex');
}

/** Gives what was written its name, with the manifest beside it, and has both on disk. */
export async function keep(path: string, partial: string, manifest: string): Promise<void> {
  const beside = manifestPathOf(path);
  const besidePartial = `${partial}.json${PARTIAL}`; // a name of its own: another run may write the same range
  await writeFile(besidePartial, manifest, { mode: 0o600, flush: true });
  await rename(besidePartial, beside);
  await rename(partial + PARTIAL, path);
  const directory = await open(dirname(path));
  try {
    await directory.sync(); // the names, too
  } finally {
    await directory.close();
  }
}

/**
 * Removes what runs left that were killed amid a file; whole files are never touched. Only what is old:
 * another run may be at work.
 */
export async function removePartial(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []); // none was written yet
  const left = names.filter((name) => name.endsWith(PARTIAL));
  await Promise.all(
    left.map(async (name) => {
      const path = join(directory, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity })); // finished meanwhile
      if (Date.now() - mtimeMs > ABANDONED_MS) await rm(path, { force: true });
    }),
  );
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** The entries of an archive, one by one. Throws for what is no such file. */
export async function* readEntries(path: string): AsyncGenerator<ChainEntry> {
  const unpacked = createGunzip();
  const copied = pipeline(createReadStream(path), unpacked);
  copied.catch(() => undefined); // the loop below throws it
  for await (const line of createInterface({ input: unpacked, crlfDelay: Infinity })) {
    const entry = JSON.parse(line) as WrittenEntry;
    yield { ...entry, sequence: BigInt(entry.sequence), time: new Date(entry.time) };
  }
  await copied;
}

async function* linesOf(pages: AsyncIterable<readonly ChainEntry[]>): AsyncGenerator<string> {
  for await (const page of pages) {
    yield page
      .map((entry) => `${JSON.stringify({ ...entry, sequence: String(entry.sequence) })}\n`)
      .join('');
  }
}
