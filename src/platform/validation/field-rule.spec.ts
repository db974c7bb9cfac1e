import { Body, Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { describe, expect, it } from 'vitest';
import { IsOneOf } from './choice.decorators.js';
import { EndsAfter, IsIsoDate } from './date.decorators.js';
import { IsEmailAddress } from './email.decorators.js';
import { lengthOf } from './field-rule.js';
import { IsId } from './id.decorators.js';
import { IsList } from './list.decorators.js';
import { IsMoney } from './money.decorators.js';
import { IsQuantity } from './number.decorators.js';
import { IsStrongPassword } from './password.decorators.js';
import { IsText } from './text.decorators.js';
import { IsWebUrl } from './url.decorators.js';

class Everything {
  @IsText({ max: 100 })
  text: string;
  @IsEmailAddress()
  email: string;
  @IsStrongPassword()
  password: string;
  @IsWebUrl()
  url: string;
  @IsOneOf(['a', 'b'])
  choice: 'a' | 'b';
  @IsList({ min: 1, max: 3 })
  @IsId({ each: true })
  ids: string[];
  @IsId({ each: true })
  @IsList({ max: 3 })
  others: string[];
  @IsQuantity({ max: 9 })
  quantity: number;
  @IsMoney({ max: '9.99' })
  price: number;
  @IsIsoDate()
  @EndsAfter('start')
  end: string;
}

@Controller()
class EverythingController {
  @Post()
  take(@Body() _everything: Everything): void {}
}

@Module({ controllers: [EverythingController] })
class EverythingModule {}

describe('the OpenAPI document', () => {
  it('says of each field what the decorator asks of it', async () => {
    const app = await NestFactory.create(EverythingModule, new FastifyAdapter(), { logger: false });
    const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    await app.close();
    const id = { type: 'string', format: 'uuid' };
    expect(document.components!.schemas!['Everything']).toMatchObject({
      properties: {
        text: { type: 'string', minLength: 1, maxLength: 100 },
        email: { type: 'string', format: 'email', maxLength: 254 },
        password: { type: 'string', format: 'password', minLength: 8, maxLength: 128 },
        url: { type: 'string', format: 'uri', maxLength: 2_048 },
        choice: { type: 'string', enum: ['a', 'b'] },
        ids: { type: 'array', minItems: 1, maxItems: 3, items: id },
        others: { type: 'array', minItems: 0, maxItems: 3, items: id },
        quantity: { type: 'integer', minimum: 1, maximum: 9 },
        price: { oneOf: [{ type: 'string' }, { type: 'integer', minimum: 0, maximum: 999 }] },
        end: { type: 'string', format: 'date' },
      },
      required: expect.arrayContaining(['text', 'ids', 'price', 'end']),
    });
  });
});

describe('the length of a text', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['𝔘𝔫𝔦', 3],
    ['\ud800', 1],
  ])('of %j is %i', (text, length) => {
    expect(lengthOf(text)).toBe(length);
  });
});
