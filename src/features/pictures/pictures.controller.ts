import { Controller, Delete, Get, HttpCode, Put, StreamableFile } from '@nestjs/common';
import { Caller } from '#edge/access/access.decorators';
import type { SignedIn } from '#edge/access/principal';
import type { Upload } from '#edge/uploads/upload';
import { FileSent, TakesUpload } from '#edge/uploads/uploads.decorators';
import { PicturesService } from './pictures.service.js';

const ONE_MEGABYTE = 1_048_576;

/** The picture by which others know a user. */
@Controller('users/me/picture')
export class PicturesController {
  constructor(private readonly pictures: PicturesService) {}

  /** The caller’s picture. */
  @Get()
  get(@Caller() { userId }: SignedIn): Promise<StreamableFile> {
    return this.pictures.get(userId);
  }

  /** Takes a PNG, JPEG or WebP file of at most a megabyte in the place of the picture before. */
  @HttpCode(204)
  @TakesUpload({ types: ['image/png', 'image/jpeg', 'image/webp'], maxBytes: ONE_MEGABYTE })
  @Put()
  replace(@Caller() { userId }: SignedIn, @FileSent() upload: Upload): Promise<void> {
    return this.pictures.replace(userId, upload);
  }

  /** Removes the picture. */
  @HttpCode(204)
  @Delete()
  remove(@Caller() { userId }: SignedIn): Promise<void> {
    return this.pictures.remove(userId);
  }
}
