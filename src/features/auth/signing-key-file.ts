import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LOOK_EVERY_MS = 1_000;

/**
 * Where development keeps its keys; production refuses to start without JWT_SIGNING_KEYS. The file is
 * looked at again once a second, so that `npm run keys -- rotate` reaches every process that shares it.
 */
export class SigningKeyFile {
  private readonly file: string;
  private version = '';
  private lookedAt = -Infinity;

  constructor(private readonly directory: string) {
    this.file = join(directory, 'signing-key');
    if (!existsSync(this.file)) this.make();
  }

  /** The keys, base64 PKCS#8, when they are others than at the last call. */
  changed(): string[] | undefined {
    const now = performance.now();
    if (now - this.lookedAt < LOOK_EVERY_MS) return undefined;
    this.lookedAt = now;
    // a rotation puts another file in its place, so that a short one is never met
    const { ino, mtimeMs } = statSync(this.file);
    const version = `${ino}:${mtimeMs}`;
    if (version === this.version) return undefined;
    this.version = version;
    return readFileSync(this.file, 'utf8').trim().split(',');
  }

  private make(): void {
    const { privateKey } = generateKeyPairSync('ed25519');
    const key = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    mkdirSync(this.directory, { recursive: true });
    const beside = `${this.file}.${process.pid}`;
    writeFileSync(beside, `${key}\n`, { mode: 0o600 });
    renameSync(beside, this.file);
  }
}
