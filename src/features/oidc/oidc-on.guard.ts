import { Injectable, type CanActivate } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { OidcOff } from './oidc.problems.js';

/** Without a provider the routes are as good as not there. */
@Injectable()
export class OidcOnGuard implements CanActivate {
  constructor(private readonly config: Config) {}

  canActivate(): boolean {
    if (!this.config.OIDC_ISSUER) throw new OidcOff();
    return true;
  }
}
