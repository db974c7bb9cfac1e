import { afterEach, beforeEach } from 'vitest';
import { Service as OwnService } from '../drills/kit/service.mjs';
import { Api } from './api.js';
import { scratchDatabase, type ScratchDatabase } from './databases.js';

/** Whom they refuse depends on how fast the machine is: tests that are about them turn them on. */
const LIMITS_OF_LOAD = {
  LOAD_TARGET_EVENT_LOOP_DELAY_MS: '0',
  LOAD_TARGET_DATABASE_DELAY_MS: '0',
};

/** The built service in a process of its own, as an operator runs it. */
export class Service extends OwnService {
  constructor(environment: Record<string, string>) {
    super({ ...LIMITS_OF_LOAD, ...environment });
  }

  /** Resolves when the service says that it is ready; throws its output when it ends instead. */
  async ready(): Promise<Api> {
    return new Api(await this.address());
  }
}

/** Gives each test of a file a database of its own; whatever it starts on it is ended with it. */
export class Services {
  database: ScratchDatabase;
  private readonly started: Service[] = [];

  /** @param make the state in which they find it: up to date, when left out */
  constructor(make: () => Promise<ScratchDatabase> = scratchDatabase) {
    beforeEach(async () => {
      this.database = await make();
    });
    afterEach(async () => {
      await Promise.all(this.started.splice(0).map((service) => service.kill()));
      await this.database.drop();
    });
  }

  start(environment: Record<string, string> = {}): Service {
    const service = new Service({ ...this.database.environment, ...environment });
    this.started.push(service);
    return service;
  }
}
