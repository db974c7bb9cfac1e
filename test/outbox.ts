import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { Config } from '#platform/config/config';
import type { Letter } from '#platform/mail/mailer';

/** What lies in the outbox of an application for an address, oldest first. */
export async function lettersTo(app: INestApplication, address: string): Promise<Letter[]> {
  const directory = join(app.get(Config).DATA_DIR, 'outbox');
  const files = await readdir(directory).catch(() => []); // made with the first letter
  const letters: Letter[] = [];
  for (const file of files.filter((name) => name.endsWith('.json')).toSorted()) {
    letters.push(JSON.parse(await readFile(join(directory, file), 'utf8')) as Letter);
  }
  return letters.filter(({ to }) => to === address);
}

/** Waits for a letter to an address that says what is wanted, and returns the newest such. */
export async function letterTo(
  app: INestApplication,
  address: string,
  wanted = /^/,
): Promise<Letter> {
  for (;;) {
    const letters = await lettersTo(app, address);
    const letter = letters.findLast(({ subject, text }) => wanted.test(`${subject}\n${text}`));
    if (letter) return letter;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The secret in the link of such a letter. */
export async function secretTo(
  app: INestApplication,
  address: string,
  wanted?: RegExp,
): Promise<string> {
  const { text } = await letterTo(app, address, wanted);
  return /#token=([\w-]+)/.exec(text)![1]!;
}
