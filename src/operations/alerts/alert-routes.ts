import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { layOutLetter } from '#platform/mail/letter-layout';
import { Mailer } from '#platform/mail/mailer';
import { callWebhook } from '#platform/webhooks/webhook';
import type { AlertMessage } from './alert-message.js';

/** A way to people beside the log, which is told in any case. Throws when it is not taken. */
export type Deliver = (message: AlertMessage) => Promise<void>;

/** The ways to people that are configured, by name. */
@Injectable()
export class AlertRoutes {
  readonly all: ReadonlyMap<string, Deliver>;

  constructor(
    config: Config,
    private readonly mailer: Mailer,
  ) {
    const routes = new Map<string, Deliver>();
    const { SLACK_WEBHOOK_URL: slack, ALERT_WEBHOOK_URL: url } = config;
    const secret = config.ALERT_WEBHOOK_SECRET;
    if (slack) routes.set('slack', toSlack(slack));
    if (url) routes.set('webhook', (message) => callWebhook({ url, secret }, message));
    // a way of its own for each, so that one who is refused does not send the rest theirs again
    for (const [index, to] of config.ALERT_EMAIL.entries()) {
      routes.set(`email-${index + 1}`, this.toReader(to));
    }
    this.all = routes;
  }

  private toReader(to: string): Deliver {
    return ({ id, event, text, alert }) => {
      const subject = `[${event === 'resolved' ? 'over' : alert.severity}] ${alert.title}`;
      const closing = `Alert ${alert.id}, ${event}.`;
      const letter = layOutLetter({ paragraphs: [text], closing });
      return this.mailer.deliver({ id, to, subject, ...letter });
    };
  }
}

function toSlack(url: string): Deliver {
  return ({ text, event, alert }) =>
    callWebhook({ url }, { text: `${markOf(event, alert.severity)} ${escapeForSlack(text)}` });
}

function markOf(event: string, severity: string): string {
  if (event === 'resolved') return ':white_check_mark:';
  return severity === 'critical' ? ':rotating_light:' : ':warning:';
}

/** Else a name in it could call everybody in the channel (https://docs.slack.dev/messaging/formatting-message-text). */
function escapeForSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
