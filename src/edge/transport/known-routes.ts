import type { FastifyInstance } from 'fastify';
import createRouter, { type HTTPMethod } from 'find-my-way';
import { ROUTER_OPTIONS } from './server-options.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Which route a request is for, before Fastify says so or where it does not: the routes a second time. */
export class KnownRoutes {
  private readonly router;

  /** Before any route is added. */
  constructor(server: FastifyInstance) {
    this.router = createRouter(ROUTER_OPTIONS);
    server.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat() as HTTPMethod[]) {
        if (this.router.hasRoute(each, url)) continue;
        this.router.on(each, url, () => null, { name: routeName(each, url) });
      }
    });
  }

  /** The name of the route; undefined when there is none. */
  nameOf(method: string, url: string): string | undefined {
    const found = this.router.find(method as HTTPMethod, url.split('?', 1)[0]!);
    return (found?.store as { readonly name: string } | undefined)?.name;
  }

  /** The methods under which there is a route for the URL. */
  methodsFor(url: string): readonly string[] {
    return METHODS.filter((method) => this.nameOf(method, url) !== undefined);
  }
}

/** HEAD is as much work as GET. */
export function routeName(method: string, url: string): string {
  return `${method === 'HEAD' ? 'GET' : method} ${url}`;
}
