import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { SecurityFacts } from '#platform/telemetry/security-events';
import './trail.actions.js';
import '../auth/auth.actions.js';
import {
  auditCatalogue,
  carriedBy,
  defineActions,
  info,
  type AuditActions,
} from './audit.actions.js';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** What the compiler has to say of each line, were it in this folder. */
function complaints(lines: readonly string[]): string[] {
  const file = `${FOLDER}lines-of-the-spec.ts`;
  const text = `import type { FactArgument } from './audit.actions.js';
    import type { AuditAction } from './audit.actions.js';
    import './trail.actions.js';
    import '../auth/auth.actions.js';
    declare function record<A extends AuditAction>(action: A, ...fact: FactArgument<A>): void;
    ${lines.join('\n')}`;
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    customConditions: ['source'],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => name === file || disk.fileExists(name),
    getSourceFile: (name, ...rest) =>
      name === file
        ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2023)
        : disk.getSourceFile(name, ...rest),
  };
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file)!;
  const found = program.getSemanticDiagnostics(source);
  const first = text.split('\n').length - lines.length;
  return lines.map((_, i) =>
    found
      .filter(({ start }) => source.getLineAndCharacterOfPosition(start!).line === first + i)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
      .join(' '),
  );
}

describe('an action', () => {
  it('compiles with what the catalogue says it carries, and with nothing else', () => {
    const right = [
      `record('auth.logged_in');`,
      `record('auth.logged_in', { actor: 'a', subject: 's' });`,
      `record('user.role_changed', { subject: 's', metadata: { role: 'admin' } });`,
      `record('audit.read', { metadata: { actor: 'a' } });`,
      `record('audit.read');`,
      `record(Math.random() > 0.5 ? 'auth.logged_in' : 'auth.logged_out', { subject: 's' });`,
    ];
    const wrong = [
      `record('auth.loged_in');`,
      `record('order.paid');`,
      `record('auth.logged_in', { metadata: { extra: 1 } });`,
      `record('user.role_changed', { subject: 's' });`,
      `record('user.role_changed');`,
      `record('user.role_changed', { metadata: { role: 1 } });`,
      `record('user.role_changed', { metadata: { role: 'admin', password: 'x' } });`,
      `record('auth.refresh_replayed', { metadata: { presented: 1 } });`,
      `record('audit.read', { metadata: { actr: 'a' } });`,
      `record('auth.logged_in', { subjekt: 's' });`,
    ];
    const said = complaints([...right, ...wrong]);
    expect(said.slice(0, right.length)).toEqual(right.map(() => ''));
    const accepted = wrong.filter((_, i) => said[right.length + i] === '');
    expect(accepted).toEqual([]);
  });

  it('says the same to those who report it from below', () => {
    expectTypeOf<Pick<AuditActions, keyof SecurityFacts>>().toEqualTypeOf<SecurityFacts>();
    expect([...auditCatalogue.keys()]).toContain('security.rate_limited');
  });

  it('is defined once', () => {
    expect(() => defineActions({ 'auth.logged_in': info() })).toThrow('defined twice');
  });
});

it('keeps what an action is declared to carry, and not what was spread into it by mistake', () => {
  const definition = info({ role: String, 'left?': Number });
  const row = { role: 'admin', passwordHash: 'secret' };
  expect(carriedBy(definition, row)).toEqual({ role: 'admin' });
  expect(carriedBy(definition, { role: 'user', left: 0 })).toEqual({ role: 'user', left: 0 });
});
