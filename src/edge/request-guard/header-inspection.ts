import type { IncomingHttpHeaders } from 'node:http';
import { inspectText, type Inspection, type Thresholds } from './inspect.js';
import type { RequestInspection } from './request-inspection.js';
import { isSensitive } from '#platform/logging/secret-names';

const MOST_AGENTS = 1_000;
const LONGEST_AGENT = 512;
/** What every attack by header has: a lookup, a function definition, a tag. */
const suspicious = /\$\{|\(\s{0,3}\)\s{0,3}\{|<|jndi:/i;

/** Looks at the headers. Few user agents make up most requests, so each is judged once. */
export class HeaderInspection {
  private readonly agents = new Map<string, Inspection>();

  constructor(private readonly thresholds: Thresholds) {}

  /** Returns what the client as a whole is suspected of: a tool rather than an attack. */
  inspect(headers: IncomingHttpHeaders, request: RequestInspection): string | undefined {
    for (const name in headers) {
      const value = headers[name];
      if (name === 'user-agent' || typeof value !== 'string' || !suspicious.test(value)) continue;
      if (isSensitive(name)) continue;
      const { action, score, findings } = inspectText(value, 'header', this.thresholds);
      if (action !== 'pass') request.note(action, score, findings, ['header', name]);
    }
    const agent = headers['user-agent'];
    if (!agent) return 'client-without-user-agent';
    const { action, score, findings } = this.judge(agent);
    if (action === 'block') request.note(action, score, findings, ['header', 'user-agent']);
    return action === 'report' ? findings[0]!.rule : undefined;
  }

  private judge(agent: string): Inspection {
    let judged = this.agents.get(agent);
    if (!judged) {
      judged = inspectText(agent, 'header', this.thresholds);
      if (agent.length <= LONGEST_AGENT) {
        if (this.agents.size >= MOST_AGENTS) this.agents.clear();
        this.agents.set(agent, judged);
      }
    }
    return judged;
  }
}
