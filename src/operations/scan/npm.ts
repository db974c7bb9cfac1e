import { spawn, type ChildProcess } from 'node:child_process';

const MOST_BYTES = 16 * 1_024 * 1_024;

/** Of the environment: the rest, secrets above all, is none of npm's business. */
const HANDED_ON =
  /^(path|home|userprofile|appdata|systemroot|te?mp|tmpdir|https?_proxy|no_proxy|node_extra_ca_certs|npm_config_(registry|userconfig|globalconfig|cafile|proxy|https_proxy|noproxy))$/i;

/** Whatever .npmrc and the environment say: offline npm finds no vulnerability anywhere. */
const HONEST = ['--json', '--offline=false', '--prefer-offline=false', '--audit=true'];
const QUIET = ['--logs-max=0', '--update-notifier=false', '--fund=false', '--ignore-scripts'];

export interface NpmOptions {
  readonly directory: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly cacheDirectory: string;
}

/** npm gave no answer at all: it is not there, took too long, said too much or was stopped. */
export class NpmFailed extends Error {}

/** What npm writes, whatever it exits with. Never through a shell. Throws `NpmFailed`. */
export function askNpm(command: readonly string[], options: NpmOptions): Promise<string> {
  const { directory, timeoutMs, signal, cacheDirectory } = options;
  const ours = [`--fetch-timeout=${timeoutMs}`, '--fetch-retries=1', `--cache=${cacheDirectory}`];
  return new Promise((resolve, reject) => {
    const child = spawn('npm', [...command, ...HONEST, ...QUIET, ...ours], {
      cwd: directory,
      env: environmentOf(process.env),
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true, // a process group, to be ended whole
      windowsHide: true,
    });
    const giveUp = (reason: string) => {
      killGroup(child);
      child.stdout?.destroy();
      settle();
      reject(new NpmFailed(reason));
    };
    const timer = setTimeout(() => giveUp(`npm took longer than ${timeoutMs} ms`), timeoutMs);
    const onAbort = () => giveUp('the scan was stopped');
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();

    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout?.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MOST_BYTES) giveUp('npm said too much');
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      settle();
      const reason = error.code === 'ENOENT' ? 'npm is not installed here' : error.message;
      reject(new NpmFailed(reason));
    });
    child.on('close', () => {
      settle();
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
  });
}

function environmentOf(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const handedOn = Object.entries(environment).filter(([name]) => HANDED_ON.test(name));
  return Object.fromEntries(handedOn);
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}
