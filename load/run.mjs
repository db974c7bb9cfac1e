#!/usr/bin/env node
// Puts a deployment under a load that grows, and says how it bears it.
import { parseArgs } from 'node:util';
import { step, stepsUpTo } from './ramp.mjs';
import { reportOf } from './report.mjs';
import { refusalOf } from './target.mjs';
import { exceeded } from './thresholds.mjs';

const MIX = '/ping:4,/.well-known/jwks.json:4,/docs/openapi.json:1';
const MIX_SIGNED_IN = `${MIX},/v1/users/me:6`;

const USAGE = `Usage: npm run load -- URL [options]

Sends a mix of GETs over more and more connections and reports throughput, percentiles and failures by
kind. Exit code 0 when every threshold holds, 1 when one does not, 2 when it did not begin.

  --connections N      the most at once, reached in five steps       (1000)
  --seconds N          how long each step takes                      (10)
  --token TOKEN        an access token, to call what is not public
  --routes LIST        path:weight,…   (${MIX};
                       with a token /v1/users/me:6 besides)
  --max-p99 MS         the slowest hundredth of any step             (1000)
  --max-errors PERCENT of any step: refused, failed, timed out       (1)
  --min-rate N         requests a second of the best step            (0)
  --json               print the steps as JSON
  --yes-i-own-it       for a target that is not this machine

The limits of the service count the load like anything else: a 429 is a failure here. Set RATE_LIMIT_API
and RATE_LIMIT_STATIC high, and SLOWDOWN_AFTER, where the service under test runs.`;

const { values, positionals } = read();
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const [target] = positionals;
if (target === undefined || positionals.length > 1) refuse(USAGE);
const refusal = refusalOf(target, values['yes-i-own-it']);
if (refusal) refuse(refusal);

const connections = numberOf('connections', 1);
const seconds = numberOf('seconds', 1);
const thresholds = {
  maxP99Ms: numberOf('max-p99', 0),
  maxErrorPercent: numberOf('max-errors', 0),
  minRate: numberOf('min-rate', 0),
};
const { token } = values;
const routes = routesOf(values.routes ?? (token ? MIX_SIGNED_IN : MIX));

const steps = [];
for (const count of stepsUpTo(connections)) {
  if (!values.json) process.stderr.write(`${count} connections for ${seconds} s …\n`);
  steps.push(await step(target, { connections: count, seconds, routes, token }));
}
const said = exceeded(steps, thresholds);
console.log(values.json ? JSON.stringify({ steps, exceeded: said }, null, 2) : reportOf(steps));
for (const sentence of said) console.error(`over the threshold ${sentence}`);
process.exit(said.length === 0 ? 0 : 1);

function read() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        connections: { type: 'string', default: '1000' },
        seconds: { type: 'string', default: '10' },
        token: { type: 'string' },
        routes: { type: 'string' },
        'max-p99': { type: 'string', default: '1000' },
        'max-errors': { type: 'string', default: '1' },
        'min-rate': { type: 'string', default: '0' },
        json: { type: 'boolean' },
        'yes-i-own-it': { type: 'boolean', default: false },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    return refuse(`${error.message}\n\n${USAGE}`);
  }
}

function numberOf(name, least) {
  const number = Number(values[name]);
  if (values[name].trim() === '' || !(number >= least)) {
    refuse(`--${name} takes a number from ${least}.`);
  }
  return number;
}

/** `/ping:4,/v1/users/me`: a path without a weight has one. */
function routesOf(list) {
  return list.split(',').map((entry) => {
    const [, path, weight = '1'] = /^(\/[^:,]*)(?::([1-9]\d?))?$/.exec(entry.trim()) ?? [];
    if (path === undefined) refuse(`--routes takes path:weight,… and not ${entry}.`);
    return { path, weight: Number(weight) };
  });
}

function refuse(reason) {
  console.error(reason);
  process.exit(2);
}
