/** What LOG_LEVEL and operators choose from; lines of security and audit are written in any case. */
export const LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** How important a line must be to be written. */
export type LevelName = (typeof LEVELS)[number];
