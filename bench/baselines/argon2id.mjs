// The check of a password and nothing around it, as many at once as there are cores.
import { availableParallelism } from 'node:os';
import { verify } from '@node-rs/argon2';
import { callsWithin, serve } from '../side-by-side/child.mjs';

const { PASSWORD_HASH, PASSWORD } = process.env;

serve({
  measure: (seconds) =>
    callsWithin(seconds, availableParallelism(), () => verify(PASSWORD_HASH, PASSWORD)),
});
