import { FastifyAdapter } from '@nestjs/platform-fastify';

/** Where the name of the function that registers a hook says too little. */
const inWords = { fastifyCors: 'allow origins', reportRefused: 'report refused origins' };
const PASSED = /^(?:on(?:Request|Send|Response)|pre(?:Parsing|Validation|Handler))$/;

/**
 * Puts what `wrap(stage, hook)` returns in the place of each hook and parser that app.ts gives to
 * Fastify. A stage has the name of the function that registers it, in words, so that one that is added
 * shows by itself.
 */
export function wrapHooks(wrap) {
  const { getInstance } = Object.getOwnPropertyDescriptors(FastifyAdapter.prototype);
  const wrapped = new WeakSet();
  FastifyAdapter.prototype.getInstance = function instance() {
    const server = getInstance.value.call(this);
    if (wrapped.has(server)) return server;
    wrapped.add(server);
    const { addHook, addContentTypeParser } = server;
    server.addHook = function add(event, hook) {
      return addHook.call(this, event, PASSED.test(event) ? wrap(registrant(), hook) : hook);
    };
    server.addContentTypeParser = function add(type, options, parser) {
      return addContentTypeParser.call(this, type, options, wrap(registrant(), parser));
    };
    return server;
  };
}

/** The function that registers, in words: `setSecurityHeaders` is «set security headers». */
function registrant() {
  const [, , , caller = ''] = new Error('where').stack.split('\n');
  const [, name = 'a hook'] = /at (?:async )?(?:\w+\.)?(\w+) /.exec(caller) ?? [];
  return inWords[name] ?? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
