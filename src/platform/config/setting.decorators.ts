import 'reflect-metadata';

export type EnvironmentName = 'development' | 'test' | 'staging' | 'production';

export interface SettingOptions<T = unknown> {
  /** What a valid value looks like; completes the sentence "NAME must be …". */
  wanted: string;
  /** Why the variable exists; one sentence for .env.example and docs/configuration.md. */
  why: string;
  /** Heading under which the variable is documented. */
  section: string;
  /** Value when unset. A function may decide by environment. None means "unset". */
  default?: T | ((environment: EnvironmentName) => T);
  /** Turns the text of the environment into the value; NaN or undefined counts as invalid. */
  parse?: (text: string) => T | undefined;
  /** Shown in templates; refused as a secret in production. */
  example?: string;
  /** Never printed, logged or shown; of an `address`, a URL with a password in it, all but the credentials is. */
  secret?: boolean | 'address';
}

const SETTINGS = Symbol('settings');

/** Declares a property as an environment variable of the same name. */
export function Setting<T>(options: SettingOptions<T>): PropertyDecorator {
  return (target, name) => {
    const settings = settingsOf(target.constructor);
    settings.set(String(name), options);
    Reflect.defineMetadata(SETTINGS, settings, target.constructor);
  };
}

/** The declared settings by name, in the order of declaration. */
export function settingsOf(schema: object): Map<string, SettingOptions> {
  return (Reflect.getMetadata(SETTINGS, schema) as Map<string, SettingOptions>) ?? new Map();
}
