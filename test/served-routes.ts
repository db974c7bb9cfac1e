import type { TestApp } from './app.js';

/** Every route that the server itself says it serves, such as `GET /ping`; HEAD comes with every GET. */
export function servedRoutes({ app }: TestApp): string[] {
  const table = app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const routes: string[] = [];
  const path: string[] = [];
  for (const line of table.split('\n').filter(Boolean)) {
    const [, indent = '', segment = '', methods] =
      /^([│├└─\s]*)(\S*)(?: \(([^)]*)\))?$/u.exec(line) ?? [];
    path.length = indent.length / 4;
    path.push(segment);
    for (const method of methods?.split(', ') ?? []) {
      const url = path.join('').replace(/(.)\/$/, '$1');
      if (method !== 'HEAD') routes.push(`${method} ${url}`);
    }
  }
  return [...new Set(routes)].toSorted();
}
