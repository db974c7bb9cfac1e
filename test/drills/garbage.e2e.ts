import { expect, it } from 'vitest';
import { Services } from '../service.js';

const services = new Services();

/** Has V8 collect again and again, and say what it allows the heap to grow to from there. */
const COLLECTS = `
  import { setFlagsFromString } from 'node:v8';
  import { runInNewContext } from 'node:vm';
  setFlagsFromString('--expose-gc');
  setFlagsFromString('--trace-gc-verbose');
  setInterval(runInNewContext('gc'), 200).unref();`;

it('the heap may grow to three times what lives, not four', async () => {
  const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(COLLECTS)}`;
  const service = services.start({ NODE_OPTIONS });
  await service.ready();
  // Node.js 20 says it behind the limit, 24 before
  const factor = /new limit: \d+ KB \(3\.0\)|\[HeapController\] factor 3\.0 /;
  expect(await service.said(factor)).toContain('3.0');
});
