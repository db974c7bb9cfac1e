import { hash } from 'node:crypto';
import { contentOf, type AuditEvent } from './audit-event.js';
import { canonicalJson } from './canonical-json.js';

/** A place in the chain. */
export interface Link {
  readonly sequence: bigint;
  readonly hash: string;
}

/** An event with its place in the chain. */
export interface ChainEntry extends AuditEvent, Link {}

/** What the first entry links to. */
export const GENESIS: Link = { sequence: 0n, hash: '0'.repeat(64) };

const FORM = 1;

/**
 * SHA-256 (hexadecimal) over the canonical JSON of [form, sequence, event id, time, action, severity,
 * actor, subject, request id, address, user agent, metadata, hash of the entry before].
 */
export function hashOf(event: AuditEvent, sequence: bigint, previousHash: string): string {
  const parts = [FORM, String(sequence), ...contentOf(event), previousHash];
  return hash('sha256', canonicalJson(parts), 'hex');
}
