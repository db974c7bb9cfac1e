import { Injectable } from '@nestjs/common';
import { RequestTrail } from '#platform/telemetry/request-trail';
import { EventMaker } from './event-maker.js';
import { EventWriter } from './writer/event-writer.js';

/** Has each request that may have changed something recorded, behind its answer. */
@Injectable()
export class RequestRecorder {
  constructor(trail: RequestTrail, maker: EventMaker, writer: EventWriter) {
    trail.onCompleted(({ actor, subject, requestId, address, userAgent, ...metadata }) => {
      const origin = { requestId, address, userAgent };
      writer.offer(maker.make('request.completed', { actor, subject, metadata }, origin));
    });
  }
}
