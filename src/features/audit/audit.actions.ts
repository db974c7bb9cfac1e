import type { Severity } from '#platform/database/generated/enums';

/** What an entry carries beside who, whom and when, by name; `'name?'` for what may be missing. */
type Carried = Readonly<Record<string, StringConstructor | NumberConstructor | BooleanConstructor>>;

export interface ActionDefinition<C extends Carried = Carried> {
  /** How much it should worry a reader. */
  readonly severity: Severity;
  readonly carries: C;
  /** The names in `carries`, bare. */
  readonly names: readonly string[];
}

/** Everything that can be recorded, by name, with what it carries. Each feature adds its own. */
export interface AuditActions {}

export type AuditAction = keyof AuditActions;

/** The definitions of all actions by name. */
export const auditCatalogue = new Map<string, ActionDefinition>();

/** Their names; grows with the catalogue. */
export const actionNames: string[] = [];

/**
 * Defines what a feature can record: past facts (`order.paid`), a line each. Its module imports the
 * file, and a declaration in it makes the names and what they carry known to the compiler.
 */
export function defineActions<const D extends Record<string, ActionDefinition>>(definitions: D): D {
  for (const [name, definition] of Object.entries(definitions)) {
    if (auditCatalogue.has(name)) throw new Error(`audit action "${name}" is defined twice`);
    auditCatalogue.set(name, definition);
    actionNames.push(name);
  }
  return definitions;
}

/** What happens all day. */
export const info = <const C extends Carried = {}>(carries?: C) => of('info', carries);
/** What somebody may ask about later. */
export const notice = <const C extends Carried = {}>(carries?: C) => of('notice', carries);
/** What the owner of an account or an operator should know of. */
export const warning = <const C extends Carried = {}>(carries?: C) => of('warning', carries);
/** What has to be looked into at once. */
export const critical = <const C extends Carried = {}>(carries?: C) => of('critical', carries);

function of<C extends Carried>(severity: Severity, carries = {} as C): ActionDefinition<C> {
  return { severity, carries, names: Object.keys(carries).map((name) => name.replace(/\?$/, '')) };
}

/** The actions that `defineActions()` was given, as types. */
export type ActionsOf<D extends Record<string, ActionDefinition>> = {
  [Name in keyof D]: MetadataOf<D[Name]['carries']>;
};

type MetadataOf<C extends Carried> = Flat<
  { [Key in keyof C as Key extends `${string}?` ? never : Key]: ValueOf<C[Key]> } & {
    [Key in keyof C as Key extends `${infer Name}?` ? Name : never]?: ValueOf<C[Key]>;
  }
>;

type Flat<T> = { -readonly [Key in keyof T]: T[Key] };

type ValueOf<Kind> = Kind extends StringConstructor
  ? string
  : Kind extends NumberConstructor
    ? number
    : boolean;

/** Of what it is given, what the action is declared to carry: a row spread by mistake stays out. */
export function carriedBy(
  { names }: ActionDefinition,
  metadata: Readonly<Record<string, unknown>>,
): Record<string, string | number | boolean> {
  const carried: Record<string, string | number | boolean> = {};
  for (const name of names) {
    const value = metadata[name] as string | number | boolean | undefined;
    if (value !== undefined) carried[name] = value;
  }
  return carried;
}
