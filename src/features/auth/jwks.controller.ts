import { Controller, Get, Header, VERSION_NEUTRAL } from '@nestjs/common';
import { Public } from '#edge/access/access.decorators';
import { KeySet } from './auth.dto.js';
import { SigningKeys } from './signing-keys.js';

@Controller({ path: '.well-known', version: VERSION_NEUTRAL })
export class JwksController {
  constructor(private readonly keys: SigningKeys) {}

  /** The public keys of the tokens (RFC 7517), for services that verify them on their own. */
  @Public()
  @Header('cache-control', 'public, max-age=300')
  @Get('jwks.json')
  keySet(): Promise<KeySet> {
    return this.keys.publicSet();
  }
}
