import { RequestMethod, VERSION_NEUTRAL, type INestApplication } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, VERSION_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { accessRuleOf, type AccessRule } from '#edge/access/access-rule';
import { RATE_LIMIT } from '#edge/rate-limit/rate-limit.decorators';
import type { Tier } from '#edge/rate-limit/tiers';

export interface Route extends AccessRule {
  /** Such as `GET /v1/users/me`. */
  readonly name: string;
  readonly operationId: string;
  /** What it is counted against; none for those that are never refused. */
  readonly tiers: readonly Tier[];
}

type Version = string | typeof VERSION_NEUTRAL | undefined;

const DEFAULT_VERSION = '1';

/** Every route of the application, by the metadata that the router and the guards read themselves. */
export function routesOf(app: INestApplication): Route[] {
  const reflector = app.get(Reflector);
  const scanner = new MetadataScanner();
  const routes: Route[] = [];
  for (const { controllers } of app.get(ModulesContainer).values()) {
    for (const { metatype: controller } of controllers.values()) {
      if (typeof controller !== 'function') continue;
      const prototype = controller.prototype as Record<string, () => unknown>;
      for (const method of scanner.getAllMethodNames(prototype)) {
        const handler = prototype[method]!;
        const verb = reflector.get<RequestMethod | undefined>(METHOD_METADATA, handler);
        if (verb === undefined) continue;
        const targets = [handler, controller];
        const version = reflector.getAllAndOverride<Version>(VERSION_METADATA, targets);
        const paths = targets.map((target) => reflector.get<string>(PATH_METADATA, target));
        routes.push({
          name: `${RequestMethod[verb]} ${pathOf(version, paths.toReversed())}`,
          operationId: operationIdOf(controller.name, method),
          tiers: reflector.getAllAndOverride<Tier[] | undefined>(RATE_LIMIT, targets) ?? ['api'],
          ...accessRuleOf(reflector, targets),
        });
      }
    }
  }
  return routes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export function operationIdOf(controller: string, method: string): string {
  return `${controller.replace(/Controller$/, '')}_${method}`;
}

function pathOf(version: Version = DEFAULT_VERSION, paths: string[]): string {
  const prefix = version === VERSION_NEUTRAL ? [] : [`v${version}`];
  const segments = [...prefix, ...paths].flatMap((path) => path.split('/')).filter(Boolean);
  return `/${segments.join('/')}`;
}
