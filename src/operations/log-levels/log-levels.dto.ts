import { IsOptional } from 'class-validator';
import { LEVELS, type LevelName } from '#platform/logging/level-names';
import { IsOneOf } from '#platform/validation/choice.decorators';
import { fieldRule } from '#platform/validation/field-rule';
import { IsWholeNumber } from '#platform/validation/number.decorators';

const MOST_MODULES = 100;
const LONGEST_MINUTES = 1_440;

/** An object that gives names of modules their level. */
function IsLevelByModule() {
  return fieldRule({
    name: 'isLevelByModule',
    takes: isLevelByModule,
    wants: `must give at most ${MOST_MODULES} modules one of ${LEVELS.join(', ')} each`,
    schema: {
      type: 'object',
      additionalProperties: { type: 'string', enum: [...LEVELS] },
      example: { database: 'debug' },
    },
  });
}

function isLevelByModule(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const levels = Object.values(value);
  return levels.length <= MOST_MODULES && levels.every((level) => LEVELS.includes(level as never));
}

export class LogLevelChange {
  /** The least important lines that are written. */
  @IsOneOf(LEVELS)
  level: LevelName;

  /** Modules that differ from it. */
  @IsOptional()
  @IsLevelByModule()
  modules?: Record<string, LevelName>;

  /**
   * After how many minutes the configured level holds again; unset holds until the restart.
   * @example 30
   */
  @IsOptional()
  @IsWholeNumber({ min: 1, max: LONGEST_MINUTES })
  forMinutes?: number;
}

export class LogLevelsView {
  /** What is written now. */
  level: LevelName;
  /**
   * Modules that differ from it.
   * @example {"database":"debug"}
   */
  modules: Record<string, string>;
  /** LOG_LEVEL, which holds again after a restart. */
  configured: LevelName;
  /**
   * Every module that has said something, or tried to.
   * @example ["database","http"]
   */
  known: string[];
  /** When the configured level holds again by itself. */
  until: Date | null;
}
