// Nest on Fastify and one route, with nothing else: no limits, no log, no headers. As fast as a route
// of Nest's can be.
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { serve } from '../side-by-side/child.mjs';
import { decorate } from './decorate.mjs';
import { SMALL_ANSWER } from './small-answer.mjs';

class SmallController {
  answer() {
    return SMALL_ANSWER;
  }
}
decorate(SmallController, [Get('small')], 'answer');
decorate(SmallController, [Controller('v1')]);

class AppModule {}
decorate(AppModule, [Module({ controllers: [SmallController] })]);

const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
serve({ url: await app.getUrl() });
