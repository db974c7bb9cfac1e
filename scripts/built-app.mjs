// The compiled application, as the scripts that describe it need it: without a database or a port.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fromDist } from './command-line.mjs';

/** Gives the running application to `work`, and what `work` makes of it back. */
export async function askApp(work) {
  const { createApp } = await fromDist('app.js');
  const { loadConfig } = await fromDist('platform/config/load-config.js');
  const { openEngine } = await fromDist('platform/database/database.module.js');
  const { createLog } = await fromDist('platform/logging/log.js');

  const dataDirectory = mkdtempSync(join(tmpdir(), 'aerie-described-'));
  try {
    const loaded = loadConfig(
      {
        NODE_ENV: 'test',
        DATA_DIR: dataDirectory,
        DATABASE_URL: 'postgres://unused@127.0.0.1:1/unused', // nothing connects
      },
      '',
    );
    const { config } = loaded;
    const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
    const log = await createLog(config, silence);
    const app = await createApp({ ...loaded, log, engine: await openEngine(config) });
    const answer = await work(app);
    await app.close();
    return answer;
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}
