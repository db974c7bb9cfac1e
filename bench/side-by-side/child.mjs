// What the compared programs have in common: each is a process of its own, and ends with its parent.

/**
 * Tells the parent that the program is up, and what it has to say; `measure(seconds)` is what it does
 * when it is asked for work of its own rather than called over HTTP, `leaveOut(stage)` for being switched.
 */
export function serve({ measure, leaveOut, ...facts }) {
  process.on('disconnect', () => process.exit());
  process.on('message', ({ seconds, stage }) => {
    if (stage !== undefined) {
      leaveOut(stage);
      process.send({});
      return;
    }
    measure(seconds).then(
      (sample) => process.send(sample),
      (error) => process.send({ error: error.stack }),
    );
  });
  process.send(facts);
}

/** How many calls are done in that time, so many at once. */
export async function callsWithin(seconds, atOnce, call) {
  const start = performance.now();
  const until = start + seconds * 1_000;
  let calls = 0;
  const line = async () => {
    while (performance.now() < until) {
      await call(calls);
      calls++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, line));
  return { calls, seconds: (performance.now() - start) / 1_000 };
}
