import { Injectable } from '@nestjs/common';
import { Log } from '#platform/logging/log';
import { EventMaker } from '../event-maker.js';
import { contentOf, type AuditEvent } from './audit-event.js';
import { AuditKeys } from './audit-keys.js';
import type { Head, TakenEvent } from './chain.repository.js';
import { hashOf, type ChainEntry } from './entry-hash.js';

/**
 * Gives pending events their places in the chain. One that was altered while it waited, which its MAC
 * tells, is not dropped: it is sealed as it is, and an entry behind it says so.
 */
@Injectable()
export class EntryLinker {
  /** Keys that are not known here, each with the event that was the first under it. */
  private readonly strangers = new Map<string, string>();

  constructor(
    private readonly keys: AuditKeys,
    private readonly events: EventMaker,
    private readonly log: Log,
  ) {}

  link(head: Head, taken: readonly TakenEvent[]): ChainEntry[] {
    const entries: ChainEntry[] = [];
    let { sequence, hash } = head;
    const add = (event: AuditEvent) => {
      sequence += 1n;
      hash = hashOf(event, sequence, hash);
      entries.push({ ...event, sequence, hash });
    };
    for (const event of taken) {
      if (!event.isKnown) add(event);
      if (event.mac !== null) {
        for (const remark of this.remarksOn(event, event.mac)) add(remark);
      }
    }
    const unmarked = taken.filter(({ mac }) => mac === null);
    if (unmarked.length > 0) add(this.remarkOnUnmarked(head, unmarked));
    return entries;
  }

  private remarksOn(event: TakenEvent, mac: string): AuditEvent[] {
    const proof = this.keys.checkMac(contentOf(event), mac);
    if (proof === 'good') return [];
    if (proof === 'bad') {
      this.log.error({ eventId: event.eventId }, 'a pending audit event was altered');
      return [this.events.make('audit.pending_altered', { subject: event.eventId })];
    }
    const [stranger = ''] = mac.split('.');
    const first = this.strangers.get(stranger) ?? event.eventId;
    if (first !== event.eventId) return []; // the same one comes again when the transaction failed
    this.strangers.set(stranger, first);
    this.log.warn(
      { key: stranger },
      'another process records audit events under a key that is not known here: give all the same AUDIT_SIGNING_KEYS',
    );
    return [this.events.make('audit.key_unknown', { metadata: { key: stranger } })];
  }

  /** From before there was a chain, which can only be at its very beginning. */
  private remarkOnUnmarked(head: Head, unmarked: readonly TakenEvent[]): AuditEvent {
    const isBeginning = head.sequence === 0n || head.action === 'audit.carried_over';
    const metadata = { events: unmarked.length };
    return this.events.make(isBeginning ? 'audit.carried_over' : 'audit.pending_altered', {
      metadata,
    });
  }
}
