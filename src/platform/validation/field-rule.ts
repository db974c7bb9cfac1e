import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateBy, type ValidationArguments } from 'class-validator';

export interface OfEach {
  /** Checks the items of a list one by one; `@IsList()` says that it is a list. */
  each?: boolean;
}

interface FieldRule extends OfEach {
  name: string;
  /** Brings the value into the form that is checked and kept; what it cannot read it returns as it is. */
  reads?: (value: unknown) => unknown;
  takes: (value: unknown, field: ValidationArguments) => boolean;
  /** The message, from the word after the field's name on; never quotes the value. */
  wants: string | ((field: ValidationArguments) => string);
  /** What the OpenAPI document says of one value; the swagger plugin knows only the built-in decorators. */
  schema?: Record<string, unknown>;
}

/** One decorator that normalises a field, checks it and describes it. */
export function fieldRule({ name, each, reads, takes, wants, schema }: FieldRule) {
  const says = (field: ValidationArguments) => (typeof wants === 'string' ? wants : wants(field));
  return applyDecorators(
    ...(reads ? [Transform(({ value }) => readEach(value, reads, each))] : []),
    ...(schema ? [ApiProperty(schemaOf(schema, each))] : []),
    ValidateBy(
      {
        name,
        validator: {
          validate: (value, field) => takes(value, field!),
          defaultMessage: (field) => `${each ? 'each of ' : ''}$property ${says(field!)}`,
        },
      },
      { each: each ?? false },
    ),
  ) as PropertyDecorator;
}

function readEach(value: unknown, reads: (value: unknown) => unknown, each = false): unknown {
  return each && Array.isArray(value) ? value.map(reads) : reads(value);
}

function schemaOf(schema: Record<string, unknown>, each = false): ApiPropertyOptions {
  return each ? { type: 'array', items: schema } : schema;
}

/** The number of characters, as PostgreSQL, OpenAPI and NIST SP 800-63B count them: code points. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}
