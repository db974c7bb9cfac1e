import { Allow } from 'class-validator';
import { Problem } from '#platform/errors/problem';
import { validationPipe } from '#platform/validation/validation.pipe';

export type Reading = { value: unknown } | { says: string[] };

/** What the validation pipe makes of a field: the value that a controller would get, or what it says. */
export async function read(
  decorators: PropertyDecorator | PropertyDecorator[],
  value: unknown,
  siblings: Record<string, unknown> = {},
): Promise<Reading> {
  class Body {}
  for (const decorate of [decorators].flat()) decorate(Body.prototype, 'field');
  for (const sibling of Object.keys(siblings)) Allow()(Body.prototype, sibling);
  try {
    const body = { ...siblings, field: value };
    const taken = (await validationPipe().transform(body, {
      type: 'body',
      metatype: Body,
    })) as { field: unknown };
    return { value: taken.field };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { says: error.options.errors!.map(({ message }) => message) };
  }
}
