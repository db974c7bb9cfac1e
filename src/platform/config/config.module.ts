import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule, registerAs } from '@nestjs/config';
import { Config } from './config.js';

/** Hands the values that `loadConfig()` has validated to `Config` and to Nest's own `ConfigService`. */
@Module({})
export class ConfigurationModule {
  static of(config: Config): DynamicModule {
    const values = registerAs('config', () => config);
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
      providers: [{ provide: Config, useExisting: values.KEY }],
      exports: [Config],
    };
  }
}
