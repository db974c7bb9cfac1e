import type { Readable } from 'node:stream';

export interface StoredFile {
  /** Made by the store; give it back to open or delete the file. */
  readonly name: string;
  readonly bytes: number;
  /** Of the content, hexadecimal. */
  readonly sha256: string;
}

/** Port: where files are kept that people send in. A folder is lower-case letters, digits and hyphens, `/` between. */
export abstract class FileStore {
  /**
   * Keeps the content whole, or nothing of it. Throws what the content throws, and `StorageFull`.
   */
  abstract save(folder: string, content: AsyncIterable<Uint8Array>): Promise<StoredFile>;
  /** Null when there is no such file. */
  abstract open(name: string): Promise<Readable | null>;
  /** No error when there is none. */
  abstract delete(name: string): Promise<void>;
  abstract deleteFolder(folder: string): Promise<void>;
}
