// Given to a process by --import: says on stderr which modules of OpenTelemetry it loads, by import and
// by require.
import { writeSync } from 'node:fs';
import Module, { register } from 'node:module';

const say = (name) => writeSync(2, `loaded ${name}\n`);

// there is no other way to see require()
const load = Reflect.get(Module, '_load');
Reflect.set(Module, '_load', function told(request, ...rest) {
  if (request.startsWith('@opentelemetry/')) say(request);
  return load.call(this, request, ...rest);
});

const hooks = `
import { writeSync } from 'node:fs';
export async function resolve(specifier, context, next) {
  if (specifier.startsWith('@opentelemetry/')) writeSync(2, 'loaded ' + specifier + '\\n');
  return next(specifier, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
