const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;
// what spreadsheets take for a formula, full-width forms included
const STARTS_FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/**
 * One record of RFC 4180, its line end included. A cell that a spreadsheet would run gets an apostrophe
 * in front (OWASP, CSV Injection): entries hold what strangers sent.
 */
export function csvLine(cells: readonly (string | null)[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(value: string | null): string {
  if (value === null) return '';
  const text = STARTS_FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
