import { Injectable, StreamableFile } from '@nestjs/common';
import type { Upload } from '#edge/uploads/upload';
import { AuditService } from '#features/audit/audit.service';
import { Database } from '#platform/database/database';
import type { UserPicture } from '#platform/database/generated/client';
import { DatabaseUnavailable, NotFound } from '#platform/errors/problems';
import { FileStore, type StoredFile } from '#platform/files/file-store';
import { PicturesRepository } from './pictures.repository.js';

const folderOf = (userId: string): string => `pictures/${userId}`;

@Injectable()
export class PicturesService {
  constructor(
    private readonly pictures: PicturesRepository,
    private readonly files: FileStore,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  /** Throws `NotFound`. */
  async get(userId: string): Promise<StreamableFile> {
    const picture = await this.pictures.find(userId);
    const content = picture && (await this.files.open(picture.file));
    if (!content) throw new NotFound();
    return new StreamableFile(content, { type: picture.type, length: picture.bytes });
  }

  /**
   * The file is whole and on the disk before any row names it, and the row has changed before the
   * file that it named goes: whenever the process is killed, what is served is one or the other.
   */
  async replace(userId: string, upload: Upload): Promise<void> {
    const stored = await this.files.save(folderOf(userId), upload.read());
    const before = await this.name(userId, stored, upload.type).catch(async (error: unknown) => {
      // a silent database may have kept the row: a file without a row is better than the reverse
      if (!(error instanceof DatabaseUnavailable)) await this.files.delete(stored.name);
      throw error;
    });
    if (before) await this.files.delete(before.file);
  }

  /** Throws `NotFound` when there is none. */
  async remove(userId: string): Promise<void> {
    const { file } = await this.database.transaction(async () => {
      const picture = await this.pictures.lock(userId);
      if (!picture) throw new NotFound();
      await this.pictures.delete(userId);
      await this.audit.record('user.picture_removed', { subject: userId });
      return picture;
    });
    await this.files.delete(file);
  }

  /** What is on the disk of this user, also what no row names; the row is for the caller to delete. */
  deleteFilesOf(userId: string): Promise<void> {
    return this.files.deleteFolder(folderOf(userId));
  }

  private name(
    userId: string,
    { name: file, bytes, sha256 }: StoredFile,
    type: string,
  ): Promise<UserPicture | null> {
    return this.database.transaction(async () => {
      const before = await this.pictures.lock(userId);
      await this.pictures.put({ userId, file, type, bytes, sha256 });
      await this.audit.record('user.picture_changed', {
        subject: userId,
        metadata: { type, bytes },
      });
      return before;
    });
  }
}
