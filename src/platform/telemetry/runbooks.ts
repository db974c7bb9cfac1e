/** The pages of docs/runbooks that health and problems lead to, beside those of the alerts. */
export const RUNBOOKS = [
  'audit-set-aside',
  'component',
  'database',
  'database-unable',
  'disk-full',
  'event-loop',
  'memory',
  'overload',
  'queue-dead-jobs',
  'queue-stuck',
  'redis-away',
  'shutdown',
  'starting',
] as const;

/** Where it stands what to do: the file in the repository, for who asks may be anybody. */
export function runbook(page: (typeof RUNBOOKS)[number]): string {
  return `docs/runbooks/${page}.md`;
}
