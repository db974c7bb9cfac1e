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

interface Define {
  (): ActionDefinition<{}>;
  <const C extends Carried>(carries: C): ActionDefinition<C>;
}

function of(severity: Severity): Define {
  return <C extends Carried>(carries = {} as C): ActionDefinition<C> => {
    const names = Object.keys(carries).map((name) => name.replace(/\?$/, ''));
    return { severity, carries, names };
  };
}

/** What happens all day. */
export const info = of('info');
/** What somebody may ask about later. */
export const notice = of('notice');
/** What the owner of an account or an operator should know of. */
export const warning = of('warning');
/** What has to be looked into at once. */
export const critical = of('critical');

/** The actions that `defineActions()` was given, as types. */
export type ActionsOf<D extends Record<string, ActionDefinition>> = {
  -readonly [Name in keyof D]: MetadataOf<D[Name]['carries']>;
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

/** What is said of an action. `metadata` is what the catalogue says the action carries; never a secret. */
export type AuditFact<A extends AuditAction = AuditAction> = {
  /** Who or what it happened to. */
  subject?: string;
  /** Who did it; the caller of the request at hand unless given. */
  actor?: string;
} & Carrying<AuditActions[A]>;

type Carrying<Metadata> = keyof Metadata extends never
  ? { metadata?: undefined }
  : {} extends Metadata
    ? { metadata?: Metadata }
    : { metadata: Metadata };

/** May be left out when nothing in it has to be said. */
export type FactArgument<A extends AuditAction> =
  {} extends AuditFact<A> ? [fact?: AuditFact<A>] : [fact: AuditFact<A>];

/** Of what it is given, what the action is declared to carry: a row spread by mistake stays out. */
export function carriedBy(
  { names }: ActionDefinition,
  metadata: object,
): Record<string, string | number | boolean> {
  const carried: Record<string, string | number | boolean> = {};
  for (const name of names) {
    const value = (metadata as Record<string, string | number | boolean | undefined>)[name];
    if (value !== undefined) carried[name] = value;
  }
  return carried;
}
