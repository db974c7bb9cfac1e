import { AuditSearchRepository, type AuditFilter } from '#features/audit/audit-search.repository';
import { AuditTrail } from '#features/audit/audit-trail';
import type { TestApp } from './app.js';

/** What is recorded by now, the newest first, without asking over HTTP: that is counted and recorded itself. */
export async function recorded({ app }: TestApp, filter: AuditFilter) {
  await app.get(AuditTrail).settle();
  return app.get(AuditSearchRepository).findNewest(filter, undefined, 100);
}
