/** Set by `npm run bench -- --quick`: fewer rounds, to see whether something is far off. */
export const isQuick = process.env.BENCH_QUICK === 'yes';

const isJson = process.env.BENCH_JSON === 'yes';

/** Prints rows of cells under a title; the first column is text, the others are numbers. */
export function printTable(title, columns, rows) {
  if (isJson) return console.log(JSON.stringify({ title, columns, rows }));
  const lines = [columns, ...rows].map((row) => row.map(String));
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const pad = (cell, column) =>
    column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]);
  const [head, ...body] = lines.map((line) => `| ${line.map(pad).join(' | ')} |`);
  const rule = widths.map((width, column) => (column === 0 ? '-' : ':').padStart(width, '-'));
  console.log(`${title}\n\n${head}\n| ${rule.join(' | ')} |\n${body.join('\n')}\n`);
}

/** Says what stands beside the tables, such as what could not be measured. */
export function printNote(note) {
  console.log(isJson ? JSON.stringify({ note }) : `${note}\n`);
}

export function median(samples) {
  const sorted = [...samples].toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** To two significant figures below ten, else whole. */
export function round(number) {
  return number < 10 ? Number(number.toPrecision(2)) : Math.round(number);
}
