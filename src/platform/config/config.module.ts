import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule, registerAs } from '@nestjs/config';
import { Config } from './config.js';
import { EffectiveConfig } from './effective-config.js';
import type { LoadedConfig } from './load-config.js';

/** Hands the values that `loadConfig()` has validated to `Config` and to Nest's own `ConfigService`. */
@Module({})
export class ConfigurationModule {
  static of(loaded: LoadedConfig): DynamicModule {
    const values = registerAs('config', () => loaded.config);
    return {
      module: ConfigurationModule,
      global: true,
      imports: [
        ConfigModule.forRoot({
          load: [values],
          ignoreEnvFile: true,
          ignoreEnvVars: true,
          skipProcessEnv: true,
        }),
      ],
      providers: [
        { provide: Config, useExisting: values.KEY },
        { provide: EffectiveConfig, useValue: new EffectiveConfig(loaded) },
      ],
      exports: [Config, EffectiveConfig],
    };
  }
}
