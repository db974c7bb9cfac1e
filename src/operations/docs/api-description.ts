import { Injectable, type INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { describeApi } from './openapi.js';

/** The OpenAPI document of the running application, made when somebody first asks. */
@Injectable()
export class ApiDescription {
  private app: INestApplication;
  private made: OpenAPIObject | undefined;

  /** Called once, when all routes are known. */
  of(app: INestApplication): void {
    this.app = app;
  }

  get document(): OpenAPIObject {
    this.made ??= describeApi(this.app);
    return this.made;
  }
}
