import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Ends connections over which nothing was ever asked when the server closes. Browsers open them ahead
 * of need; to Node they are not idle, so that it would wait at a stop for as long as the client likes.
 */
export function closeUnusedConnections(server: FastifyInstance): void {
  const unused = new Set<Socket>();
  const arrival = 'setSecureContext' in server.server ? 'secureConnection' : 'connection';
  server.server.on(arrival, (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.server.on('request', ({ socket }) => unused.delete(socket));
  server.addHook('preClose', (done) => {
    for (const socket of unused) socket.destroy();
    done();
  });
}
