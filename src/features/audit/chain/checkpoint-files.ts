import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { livingPid, markOfThisProcess } from '#platform/lifecycle/process-mark';
import { jsonOf, readCheckpoint, type Checkpoint } from './checkpoint.js';

const EXTENSION = '.checkpoints';
const MOST_IN_A_FILE = 2_000;
const NEWEST_KEPT = 500;

/**
 * Checkpoints in `DATA_DIR/audit/checkpoints`, one a line, a file for each process, so that two
 * never write one. What processes left that are gone is taken into the file of one that lives.
 */
export class CheckpointFiles {
  private readonly directory: string;
  private readonly own: string;
  private count = 0;

  constructor(dataDirectory: string) {
    this.directory = join(dataDirectory, 'audit', 'checkpoints');
    this.own = `${markOfThisProcess().replace(' ', '-')}-${randomUUID().slice(0, 8)}${EXTENSION}`;
  }

  /** All of them, by sequence. */
  async read(): Promise<Checkpoint[]> {
    const names = await this.names();
    return sorted((await Promise.all(names.map((name) => this.readFile(name)))).flat());
  }

  /** Resolves when it is on disk. */
  async append(checkpoint: Checkpoint): Promise<void> {
    await this.write(this.own, 'a', [checkpoint]);
    this.count++;
    if (this.count > MOST_IN_A_FILE) await this.replaceOwn(thinned(await this.readFile(this.own)));
  }

  /** Takes over what dead processes left: first it is in the own file, then theirs go. */
  async adopt(): Promise<void> {
    const left = (await this.names()).filter((name) => name !== this.own && !isInUse(name));
    if (left.length === 0) return;
    const found = await Promise.all([...left, this.own].map((name) => this.readFile(name)));
    await this.replaceOwn(thinned(sorted(found.flat())));
    await Promise.all(left.map((name) => rm(join(this.directory, name), { force: true })));
  }

  private async replaceOwn(checkpoints: readonly Checkpoint[]): Promise<void> {
    const beside = `${this.own}.new`;
    await this.write(beside, 'w', checkpoints);
    await rename(join(this.directory, beside), join(this.directory, this.own));
    this.count = checkpoints.length;
  }

  private async write(name: string, flags: 'a' | 'w', checkpoints: readonly Checkpoint[]) {
    await mkdir(this.directory, { recursive: true });
    // opened anew each time: whoever took this process for dead has removed the file
    const file = await open(join(this.directory, name), flags, 0o600);
    try {
      await file.appendFile(
        // a line of its own, even behind one that a full disk cut off
        checkpoints.map((checkpoint) => `\n${JSON.stringify(jsonOf(checkpoint))}\n`).join(''),
      );
      await file.sync();
    } finally {
      await file.close();
    }
  }

  private async readFile(name: string): Promise<Checkpoint[]> {
    const text = await readFile(join(this.directory, name), 'utf8').catch(() => ''); // gone meanwhile
    return text
      .split('\n')
      .map(readCheckpoint)
      .filter((checkpoint) => checkpoint !== null);
  }

  private async names(): Promise<string[]> {
    const names = await readdir(this.directory).catch(() => []); // none was written yet
    return names.filter((name) => name.endsWith(EXTENSION));
  }
}

function isInUse(name: string): boolean {
  const [pid = '', start = ''] = name.split('-');
  return livingPid(`${pid} ${start}`) !== null;
}

function sorted(checkpoints: readonly Checkpoint[]): Checkpoint[] {
  return checkpoints.toSorted((one, other) => (one.sequence < other.sequence ? -1 : 1));
}

/** The newest and the very first stay, of those between every other one: the older, the wider apart. */
function thinned(checkpoints: readonly Checkpoint[]): Checkpoint[] {
  if (checkpoints.length <= MOST_IN_A_FILE) return [...checkpoints];
  const old = checkpoints.slice(0, -NEWEST_KEPT).filter((_, index) => index % 2 === 0);
  return thinned([...old, ...checkpoints.slice(-NEWEST_KEPT)]);
}
