import { once } from 'node:events';
import type { Server } from 'node:http';
import net from 'node:net';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';

const PATIENCE = { turns: 100, ms: 2_000 };
/** How long a turn may take that counts as quiet: at first, and at the end of the patience. */
const QUIET_TURN_MS = { first: 0.05, last: 1 };
const LAST_REQUESTS_MS = 1_000;

/**
 * Takes no more connections, and gives those that are open, some of them with a request that is still on
 * its way, a moment for it: Node would cut them off with the listener. Returns how many are left. Where it is
 * the only listener it waits for nobody when nobody is connected.
 */
export async function stopListening(server: Server, isOnly: boolean): Promise<number> {
  await quietTurn(server);
  // and not http's own close(), which ends idle connections with it
  net.Server.prototype.close.call(server);
  const moment = delay(LAST_REQUESTS_MS);
  await (isOnly ? Promise.race([once(server, 'close'), moment]) : moment);
  await quietTurn(server); // a timer of a process that is late comes before what has arrived
  return new Promise((resolve) =>
    server.getConnections((error, count) => resolve(error ? 0 : count)),
  );
}

/**
 * The kernel makes connections before they are accepted (libuv takes one a turn), and resets those that
 * wait when the listener goes. So it goes right after a turn of the event loop in which nothing arrived,
 * and which was short: what came after its look at the sockets is not seen any more.
 */
async function quietTurn(server: Server): Promise<void> {
  let arrivals = 0;
  const count = () => arrivals++;
  server.on('connection', count).on('request', count);
  const begin = performance.now();
  for (let turns = 0; turns < PATIENCE.turns || performance.now() - begin < PATIENCE.ms; turns++) {
    const [before, start] = [arrivals, performance.now()];
    await turn();
    const now = performance.now();
    const { first, last } = QUIET_TURN_MS;
    const isShort = now - start < first + ((now - begin) / PATIENCE.ms) * (last - first);
    if (arrivals === before && isShort) break;
  }
  server.off('connection', count).off('request', count);
}
