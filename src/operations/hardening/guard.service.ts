import { Injectable } from '@nestjs/common';
import { BlockedClients } from '#edge/request-guard/blocked-clients';
import { Config } from '#platform/config/config';
import { NotFound } from '#platform/errors/problems';
import { BlockedClientsPage, BlockedClientView, GuardAnswer } from './guard.dto.js';

@Injectable()
export class GuardService {
  constructor(
    private readonly config: Config,
    private readonly clients: BlockedClients,
  ) {}

  inspect(text: string): GuardAnswer {
    const { GUARD_BLOCK_SCORE: block, GUARD_REPORT_SCORE: report } = this.config;
    return GuardAnswer.to(text, { block, report });
  }

  getBlocked(): BlockedClientsPage {
    const items = this.clients.list().map((client) => BlockedClientView.of(client));
    return { items, nextCursor: null };
  }

  async lift(client: string): Promise<void> {
    if (!(await this.clients.lift(client))) throw new NotFound();
  }
}
