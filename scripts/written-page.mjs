import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

/**
 * Writes a page of the docs that repeats what the code says and ends the process; with `isCheck`
 * writes nothing, and exit code 1 says that the page and its source differ.
 *
 * @param {{ file: string, markdown: string, source: string, command: string, isCheck?: boolean }} page
 */
export async function keepInStep({ file, markdown, source, command, isCheck = false }) {
  const written = await format(markdown, { ...(await resolveConfig(file)), filepath: file });
  const isSame = existsSync(file) && readFileSync(file, 'utf8') === written;
  if (isCheck && !isSame) {
    console.error(`${file} differs from ${source}: run npm run ${command} and commit it.`);
    process.exit(1);
  }
  if (!isCheck) writeFileSync(file, written);
  console.log(`${file} agrees with ${source}.`);
  process.exit(0);
}

/** A table in Markdown. */
export function table(head, rows) {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
