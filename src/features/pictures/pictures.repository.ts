import { Injectable } from '@nestjs/common';
import type { UserPicture } from '#platform/database/generated/client';
import { Repository } from '#platform/database/repository';

type NewPicture = Pick<UserPicture, 'userId' | 'file' | 'type' | 'bytes' | 'sha256'>;

@Injectable()
export class PicturesRepository extends Repository {
  find(userId: string): Promise<UserPicture | null> {
    return this.read((db) => db.userPicture.findUnique({ where: { userId } }));
  }

  /** The picture as it is, which nobody else changes until the transaction ends. */
  async lock(userId: string): Promise<UserPicture | null> {
    await this.write(
      (db) => db.$queryRaw`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`,
    );
    return this.find(userId);
  }

  async put({ userId, ...picture }: NewPicture): Promise<void> {
    const createdAt = new Date();
    await this.write((db) =>
      db.userPicture.upsert({
        where: { userId },
        create: { userId, ...picture, createdAt },
        update: { ...picture, createdAt },
      }),
    );
  }

  async delete(userId: string): Promise<void> {
    await this.write((db) => db.userPicture.deleteMany({ where: { userId } }));
  }
}
