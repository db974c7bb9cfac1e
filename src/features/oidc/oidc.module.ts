import { Module } from '@nestjs/common';
import { AuditModule } from '#features/audit/audit.module';
import { AuthModule } from '#features/auth/auth.module';
import { UsersModule } from '#features/users/users.module';
import './oidc.actions.js';
import { IdentitiesController } from './identities.controller.js';
import { IdentitiesRepository } from './identities.repository.js';
import { IdentitiesService } from './identities.service.js';
import { OidcController } from './oidc.controller.js';
import { OidcFlow } from './oidc-flow.js';
import { OidcService } from './oidc.service.js';
import { OpenIdProvider } from './openid-provider.js';
import { ProviderClients } from './provider-clients.js';
import { ProviderFetch } from './provider-fetch.js';

@Module({
  imports: [AuditModule, UsersModule, AuthModule],
  controllers: [OidcController, IdentitiesController],
  providers: [
    OidcService,
    OidcFlow,
    IdentitiesService,
    IdentitiesRepository,
    OpenIdProvider,
    ProviderClients,
    ProviderFetch,
  ],
})
export class OidcModule {}
