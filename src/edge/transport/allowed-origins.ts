const LONGEST_ORIGIN = 300; // a host name has at most 253 characters
const LABELS = /^[a-z\d-]+(\.[a-z\d-]+)*$/;

/**
 * Whether pages of the origin may call us, over HTTP and over WebSocket alike. An entry is an origin,
 * compared byte by byte as browsers send it (lower case, no path, no default port), or
 * `https://*.example.com` for every host below a domain. `null`, which any sandboxed frame can send,
 * never is.
 */
export function isAllowedOrigin(origin: string, allowed: readonly string[]): boolean {
  if (origin === 'null' || origin.length > LONGEST_ORIGIN) return false;
  return allowed.some((entry) => {
    if (entry === '*' || entry === origin) return true;
    const [start, end] = entry.split('*');
    if (end === undefined || !origin.startsWith(start!) || !origin.endsWith(end)) return false;
    // what stands for the asterisk is whole labels: no port, no user, no other host before a slash
    return LABELS.test(origin.slice(start!.length, -end.length));
  });
}
