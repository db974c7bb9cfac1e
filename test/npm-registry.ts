import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Severity = 'info' | 'low' | 'moderate' | 'high' | 'critical';

/** What a registry says to an audit: what is vulnerable, or nothing that helps. */
type Mood = Record<string, Severity> | 'refuses' | 'says nothing' | 'is broken';

/** The packages of the project, of which there is a better version of each but one. */
const PACKAGES = ['critter', 'higher', 'mode', 'lowly', 'stuck'];

/** A registry of npm in this process, as far as audit and outdated ask one. */
export class NpmRegistry implements AsyncDisposable {
  mood: Mood = {};

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<NpmRegistry> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const registry = new NpmRegistry(server, `http://127.0.0.1:${port}`);
    server.on('request', ({ method, url }, response) => {
      if (method !== 'POST') return response.end(registry.versionsOf(url!.slice(1)));
      if (registry.mood === 'says nothing') return;
      response.statusCode = registry.mood === 'refuses' ? 405 : 200;
      response.end(registry.answer());
    });
    return registry;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private answer(): string {
    if (this.mood === 'refuses') return '';
    if (typeof this.mood === 'string') return '<html>Welcome to the proxy';
    const advisories = Object.entries(this.mood).map(([name, severity], id) => [
      name,
      [
        {
          id,
          url: `https://example.com/advisories/${name}`,
          title: `${name} gives in`,
          severity,
          vulnerable_versions: name === 'stuck' ? '*' : '<1.1.0',
          cwe: [],
          cvss: { score: 0 },
        },
      ],
    ]);
    return JSON.stringify(Object.fromEntries(advisories));
  }

  private versionsOf(name: string): string {
    const versions = ['1.0.0', '1.1.0', '2.0.0'].map((version) => [
      version,
      { name, version, dist: { tarball: `${this.url}/${name}-${version}.tgz` } },
    ]);
    return JSON.stringify({
      name,
      'dist-tags': { latest: name === 'stuck' ? '1.0.0' : '2.0.0' },
      versions: Object.fromEntries(versions),
    });
  }
}

/** A project with those packages in their first version, in a folder of its own. */
export class NpmProject implements AsyncDisposable {
  private constructor(readonly directory: string) {}

  static async make(): Promise<NpmProject> {
    const directory = await mkdtemp(join(tmpdir(), 'aerie-npm-'));
    const manifest = {
      name: 'project',
      version: '1.0.0',
      // the second is held where a remedy has to break something
      dependencies: Object.fromEntries(
        PACKAGES.map((name) => [name, name === 'higher' ? '1.0.0' : '^1.0.0']),
      ),
    };
    const installed = PACKAGES.map((name) => [`node_modules/${name}`, { version: '1.0.0' }]);
    await writeJson(join(directory, 'package.json'), manifest);
    await writeJson(join(directory, 'package-lock.json'), {
      ...manifest,
      lockfileVersion: 3,
      packages: { '': manifest, ...(Object.fromEntries(installed) as object) },
    });
    for (const name of PACKAGES) {
      await mkdir(join(directory, 'node_modules', name), { recursive: true });
      const file = join(directory, 'node_modules', name, 'package.json');
      await writeJson(file, { name, version: '1.0.0' });
    }
    return new NpmProject(directory);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

function writeJson(path: string, value: unknown): Promise<void> {
  return writeFile(path, JSON.stringify(value, null, 2));
}
