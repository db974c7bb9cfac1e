import { Injectable, type OnModuleInit } from '@nestjs/common';
import { defineJob } from '#platform/queue/job';
import { Queue } from '#platform/queue/queue';
import { AlertsRepository } from './alerts.repository.js';

const KEPT_MS = 90 * 86_400_000;

const DeleteOldAlerts = defineJob('delete-old-alerts');

/** Alerts that are over are kept for ninety days. */
@Injectable()
export class OldAlerts implements OnModuleInit {
  constructor(
    private readonly queue: Queue,
    private readonly alerts: AlertsRepository,
  ) {}

  onModuleInit(): void {
    this.queue.work(DeleteOldAlerts, () =>
      this.alerts.deleteResolvedBefore(new Date(Date.now() - KEPT_MS)),
    );
    this.queue.schedule(DeleteOldAlerts, '40 3 * * *');
  }
}
