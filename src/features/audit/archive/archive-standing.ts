import { join } from 'node:path';
import type { Config } from '#platform/config/config';
import { CheckpointFiles } from '../chain/checkpoint-files.js';
import { databaseOf, type Checkpoint } from '../chain/checkpoint.js';

/** Where archives of a chain lie, and what was signed of it. */
export interface ArchiveStanding {
  readonly directory: string;
  /** Of which database, as checkpoints name it. */
  readonly database: string;
  /** By sequence. */
  readonly checkpoints: readonly Checkpoint[];
}

export async function archiveStandingOf(config: Config): Promise<ArchiveStanding> {
  const database = databaseOf(config);
  const checkpoints = await new CheckpointFiles(config.DATA_DIR).read();
  return {
    directory: join(config.DATA_DIR, 'audit', 'archives'),
    database,
    checkpoints: checkpoints.filter((checkpoint) => checkpoint.database === database),
  };
}
