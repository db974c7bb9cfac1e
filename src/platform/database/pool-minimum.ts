import type { Pool, PoolClient } from 'pg';

const PAUSE_MS = 5_000;

/**
 * Opens connections until as many are there as are to stay (`min`), and again when some are lost: the
 * pool itself only keeps those that it has. Begins with the first connection that somebody needs;
 * returns how to stop.
 */
export function keepMinimum(pool: Pool): () => void {
  const { min = 0 } = pool.options;
  let timer: NodeJS.Timeout | undefined;
  let hasStopped = false;

  const keep = async () => {
    if (pool.totalCount < min) await openUpTo(pool, min).catch(() => undefined); // the next turn
    if (!hasStopped) timer = inAWhile(keep);
  };
  pool.once('connect', () => void keep());
  return () => {
    hasStopped = true;
    clearTimeout(timer);
  };
}

/** Taken all at once, for the pool makes no connection while one is free; one after the other, so that a server that is away is asked once. */
async function openUpTo(pool: Pool, min: number): Promise<void> {
  const taken: PoolClient[] = [];
  try {
    while (pool.totalCount < min) taken.push(await pool.connect());
  } finally {
    for (const client of taken) client.release();
  }
}

/** Never at the same moment in all processes. */
function inAWhile(act: () => Promise<void>): NodeJS.Timeout {
  return setTimeout(() => void act(), PAUSE_MS * (0.5 + Math.random())).unref();
}
