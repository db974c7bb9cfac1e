// The built service as npm start runs it, in a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { MAIN, START_OPTIONS } from '../scripts/start-arguments.mjs';

/** Resolves when its log says that it is ready. All of that is read: it would wait in memory, or not be written. */
export async function startService(environment) {
  const began = performance.now();
  const child = spawn(process.execPath, [...START_OPTIONS, MAIN], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let url;
  await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      if (url) return;
      output += chunk;
      url = /"address":"(http[^"]+)"[^\n]*"msg":"ready"/.exec(output)?.[1];
      if (url) resolve();
    });
    child.once('close', () => reject(new Error(`the service ended:\n${output}`)));
  });
  return { child, url, seconds: (performance.now() - began) / 1_000 };
}

export async function stopService(child) {
  const closed = once(child, 'close');
  child.kill();
  await closed;
}
