import { ValidationPipe, type ValidationError } from '@nestjs/common';
import type { FieldError } from '../errors/problem.js';
import { ValidationFailed } from '../errors/problems.js';

const MOST_ERRORS = 50;
/** Of a value of another kind no more is said: that `abc` is neither more than 0 nor less than 100 helps nobody. */
const KINDS = new Set(['isString', 'isInt', 'isNumber', 'isBoolean', 'isArray', 'isObject']);
/** Of an item of a list, as class-validator says it: of the list itself there may be more to say. */
const OF_ITEM = 'each value in ';

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
  const broken = Object.entries(error.constraints ?? {});
  const ofKind = broken.find(([name, message]) => KINDS.has(name) && !message.startsWith(OF_ITEM));
  return [
    ...(ofKind ? [ofKind] : broken).map(([, message]) => ({ path, message })),
    ...(error.children ?? []).flatMap((child) => fieldErrors(child, path)),
  ];
}
