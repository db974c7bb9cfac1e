import type { ExecutionContext } from '@nestjs/common';

type Target = ReturnType<ExecutionContext['getHandler'] | ExecutionContext['getClass']>;

/**
 * Remembers what a route's decorators say. By class and method: a method that several controllers
 * inherit is one function, and each controller may mark itself differently.
 */
export class PerRoute<T> {
  private readonly known = new Map<Target, Map<Target, T>>();

  /** The value for the route; `find` gets the method and the class, in order of precedence. */
  get(context: ExecutionContext, find: (targets: Target[]) => T): T {
    const controller = context.getClass();
    const handler = context.getHandler();
    let routes = this.known.get(controller);
    if (!routes) this.known.set(controller, (routes = new Map()));
    if (!routes.has(handler)) routes.set(handler, find([handler, controller]));
    return routes.get(handler) as T;
  }
}
