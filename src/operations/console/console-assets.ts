import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { projectFile } from '#platform/config/project-file';

const PAGE = projectFile('src/operations/console/page');
const UPLOT = join(dirname(createRequire(import.meta.url).resolve('uplot')));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface Asset {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
}

/** The files of the console by name, listed once: a name from the URL never becomes a path. */
export class ConsoleAssets {
  private readonly files = new Map([
    ...filesOf(PAGE),
    ['vendor/uplot.js', join(UPLOT, 'uPlot.esm.js')],
    ['vendor/uplot.css', join(UPLOT, 'uPlot.min.css')],
  ]);

  get names(): string[] {
    return [...this.files.keys()];
  }

  /** Undefined when there is no file of that name. Read each time, so that an edit shows on reload. */
  async find(name: string): Promise<Asset | undefined> {
    const file = this.files.get(name);
    if (file === undefined) return undefined;
    const body = await readFile(file);
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    return { body, type: TYPES[extname(file)]!, etag };
  }
}

function filesOf(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => extname(name) in TYPES)
    .map((name) => [name.replaceAll('\\', '/'), join(folder, name)]);
}
