// Writes numbered lines through the built log, as many and as fast as it is told to, and ends as told.
import { createLog } from '../../dist/platform/logging/log.js';
import { loadConfig } from '../../dist/platform/config/load-config.js';

const [lines, end] = process.argv.slice(2);
const { config } = loadConfig(process.env, '/dev/null');
const log = await createLog(config);

for (let number = 0; number < Number(lines); number++) {
  log.info({ number }, 'a line of some length, so that a thousand of them are worth a file');
  if (number % 500 === 499) await new Promise((resolve) => setImmediate(resolve));
}
if (end === 'exit') process.exit(0); // without a word to the log
if (end === 'throw') throw new Error('nobody caught this');
await log.output.end();
process.exit(0);
