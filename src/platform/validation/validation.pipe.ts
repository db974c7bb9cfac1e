import { ValidationPipe, type ValidationError } from '@nestjs/common';
import type { FieldError } from '../errors/problem.js';
import { ValidationFailed } from '../errors/problems.js';

const MOST_ERRORS = 50;

/** Takes what the DTO declares and nothing else; says of each field what is wrong with it. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) =>
      new ValidationFailed({
        errors: errors.flatMap((error) => fieldErrors(error)).slice(0, MOST_ERRORS),
      }),
  });
}

function fieldErrors(error: ValidationError, parent = ''): FieldError[] {
  const path = parent ? `${parent}.${error.property}` : error.property;
  return [
    ...Object.values(error.constraints ?? {}).map((message) => ({ path, message })),
    ...(error.children ?? []).flatMap((child) => fieldErrors(child, path)),
  ];
}
