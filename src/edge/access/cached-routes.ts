import { Injectable, RequestMethod, type OnModuleInit } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { cachingOf } from '#platform/cache/cached.decorators';
import { StartFailure } from '#platform/lifecycle/start-failure';
import { accessRuleOf } from './access-rule.js';

/**
 * Refuses to start with a route whose cached answer might be another's: one that is not public says
 * by whom it is kept apart. And with one that is no GET, which is to do something each time.
 */
@Injectable()
export class CachedRoutes implements OnModuleInit {
  constructor(
    private readonly modules: ModulesContainer,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const scanner = new MetadataScanner();
    for (const { controllers } of this.modules.values()) {
      for (const { metatype } of controllers.values()) {
        const prototype = metatype!.prototype as Record<string, () => unknown>;
        for (const method of scanner.getAllMethodNames(prototype)) {
          this.check(`${metatype!.name}.${method}`, prototype[method]!, metatype!);
        }
      }
    }
  }

  private check(name: string, handler: () => unknown, controller: object): void {
    const caching = cachingOf(handler);
    const verb = this.reflector.get<RequestMethod | undefined>(METHOD_METADATA, handler);
    if (!caching || verb === undefined) return;
    if (verb !== RequestMethod.GET) {
      throw new StartFailure(`${name} is cached and no GET: it would not be done each time.`);
    }
    const targets = [handler, controller] as Parameters<typeof accessRuleOf>[1];
    if (accessRuleOf(this.reflector, targets).access !== 'public' && !caching.per) {
      throw new StartFailure(
        `${name} is cached and not public: say \`per: 'user'\` or \`per: 'tenant'\`, or one caller gets another's answer.`,
      );
    }
  }
}
