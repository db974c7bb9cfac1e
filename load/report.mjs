const WIDTH = 40;

/** The ramp as a table, a chart of bars, and what failed. */
export function reportOf(steps) {
  const columns = [
    'connections',
    'requests/s',
    'p50 ms',
    'p90 ms',
    'p99 ms',
    'slowest',
    'failed %',
  ];
  const rows = steps.map((step) => [
    step.connections,
    Math.round(step.rate),
    step.p50Ms,
    step.p90Ms,
    step.p99Ms,
    step.maxMs,
    step.errorPercent.toFixed(2),
  ]);
  const lines = [columns, ...rows].map((row) =>
    row.map((cell, column) => String(cell).padStart(columns[column].length)).join('  '),
  );
  return [
    ...lines,
    '',
    ...chart('requests a second', steps, ({ rate }) => rate),
    '',
    ...chart('p99, ms', steps, ({ p99Ms }) => p99Ms),
    ...failuresOf(steps),
  ].join('\n');
}

function chart(title, steps, valueOf) {
  const highest = Math.max(1, ...steps.map(valueOf));
  return [
    title,
    ...steps.map((step) => {
      const value = valueOf(step);
      const bar = '█'.repeat(Math.round((value / highest) * WIDTH));
      return `${String(step.connections).padStart(7)} │${bar} ${Math.round(value)}`;
    }),
  ];
}

function failuresOf(steps) {
  const all = {};
  for (const { failures } of steps) {
    for (const [kind, count] of Object.entries(failures)) all[kind] = (all[kind] ?? 0) + count;
  }
  const kinds = Object.entries(all).toSorted(([, one], [, other]) => other - one);
  if (kinds.length === 0) return [];
  return ['', 'failed, by kind', ...kinds.map(([kind, count]) => `  ${kind.padEnd(20)} ${count}`)];
}
