import { dirname, resolve } from 'node:path';
import { ts } from '../syntax/typescript.js';
import { parsePath } from '../../model/edit/path.ts';
import type { MoveEdit } from '../../model/index.ts';
import { namesOf } from '../save/pieces.ts';
import { apartOf } from '../save/removed.ts';
import type { Module } from '../syntax/module.ts';
import { behind } from '../value/follow.ts';
import { candidates, moduleBehind } from '../files/imports.ts';
import type { Source } from './rename.ts';
import { relocate, type Relocation } from './relocate.ts';
import { declaring, freeIn } from './statements.ts';
import type { Texts } from './symbols.ts';

/** Why something cannot go to another file, or have another name. */
export interface MoveProblem {
  /** Default: MR1776. */
  readonly code?: 'MR1782';
  readonly problem: string;
  readonly hint: string;
}

const roots = new Set(['agents', 'resources', 'events', 'tasks', 'flows', 'machines', 'locals']);

/**
 * Puts a definition, or a declaration, into another file of the system or to another place of its own, with the comments
 * above it and what only it needs; what both files need goes where both can import it. Gives nothing when the edit is
 * about something else, or the source has no such thing yet.
 */
export function moveInSource(source: Source, { path, into, before }: MoveEdit): Texts | MoveProblem | undefined {
  const parsed = parsePath(path);
  if ('problem' in parsed || parsed.pieces.length !== 2) return undefined;
  const [root = '', name = ''] = parsed.pieces.map((piece) => piece.name);
  const found = roots.has(root) ? foundIn(source, root, name) : undefined;
  if (found === undefined) return undefined;
  if (found.statements.some((statement) => namesOf(statement).length > 1)) {
    const hint = 'Give each of them a statement of its own first.';
    return { problem: `'${name}' is declared in one statement with others.`, hint };
  }
  const { opened } = source;
  const from = found.module;
  const to = into === undefined ? from : modulesOf(source).find(({ file }) => file === into);
  if (to === undefined) return { problem: `'${into}' is no file of the system.`, hint: 'Import it first.' };
  const isPart = root === 'locals' || opened.modules.includes(to);
  if (!isPart) {
    const hint = `Add it to \`parts\` of the system: \`import * as name from './${to.file}'\`, then \`parts: [name]\`.`;
    return { problem: `The exports of '${to.file}' do not belong to the system.`, hint };
  }
  if (to === from && before === undefined) return source.texts;
  const moving = new Set<ts.Statement>(found.statements);
  const shared = new Set<ts.Statement>();
  const problem = to === from ? undefined : gather(source, { from, to, moving, shared, name });
  if (problem !== undefined) return problem;
  const taken = [...moving, ...shared].flatMap(namesOf).find((each) => to !== from && isTaken(from, to, each));
  if (taken !== undefined) {
    const hint = 'Give one of the two another name first.';
    return { code: 'MR1782', problem: `'${to.file}' has something else called '${taken}'.`, hint };
  }
  const anchor = before === undefined ? undefined : statementOf(source, to, before);
  const relocation: Relocation = {
    from,
    to,
    statements: [...moving, ...shared].toSorted((a, b) => a.pos - b.pos),
    anchor,
  };
  return relocate(source, relocation);
}

function modulesOf({ opened }: Source): readonly Module[] {
  return [...opened.reading.modules.values()].filter((module) => module !== undefined);
}

/** Does a name mean something in a file already? What it imports from the other file is what comes. */
function isTaken(from: Module, to: Module, name: string): boolean {
  const binding = to.bindings.get(name);
  if (binding === undefined) return false;
  const { value } = binding;
  if (value?.kind !== 'import' || value.imported !== name || !value.from.startsWith('.')) return true;
  return !candidates(resolve(dirname(to.path), value.from)).includes(from.path);
}

interface Found {
  readonly module: Module;
  readonly statements: readonly ts.Statement[];
}

/** The statements that make a definition: its own, the head of a machine that stands apart, and its parts. */
function foundIn(source: Source, root: string, name: string): Found | undefined {
  const { opened, system } = source;
  if (root === 'locals') {
    const file = system.locals[name]?.location.file;
    const module = modulesOf(source).find((each) => each.file === file);
    const statements = module === undefined ? [] : declaring(module, name);
    return module === undefined || statements.length === 0 ? undefined : { module, statements };
  }
  const definition = opened.members.find((member) => member.name === name)?.definition;
  if (definition === undefined) return undefined;
  const { module } = definition;
  const apart = apartOf({ opened }, definition).flatMap(([declaration, home]) =>
    home === module
      ? module.source.statements.filter(
          (each) => ts.isVariableStatement(each) && each.declarationList.declarations.includes(declaration),
        )
      : [],
  );
  return { module, statements: [...new Set([...apart, definition.statement])] };
}

function statementOf({ opened }: Source, module: Module, name: string): ts.Statement | undefined {
  const member = opened.members.find((each) => each.name === name && each.definition.module === module);
  return member?.definition.statement ?? declaring(module, name)[0];
}

interface Gathering extends Pick<Relocation, 'from' | 'to'> {
  readonly moving: Set<ts.Statement>;
  readonly shared: Set<ts.Statement>;
  readonly name: string;
}

/** Finds what has to go along; or says why the files would import each other. */
function gather(source: Source, { from, to, moving, shared, name }: Gathering): MoveProblem | undefined {
  const definitions = new Set<ts.Statement>([
    ...source.opened.members.flatMap(({ definition }) => [definition.statement]),
    ...(source.opened.call.module === from ? statementsAround(from, source.opened.call.node) : []),
  ]);
  const isBack = (): boolean =>
    imports(source, from, to) ||
    from.source.statements.some((each) => !moving.has(each) && !shared.has(each) && refersTo(each, moving));
  const open = [...moving];
  for (let statement = open.pop(); statement !== undefined; statement = open.pop()) {
    for (const free of freeIn(statement)) {
      const binding = from.bindings.get(free);
      if (binding === undefined || binding.value?.kind === 'import') continue;
      for (const other of declaring(from, free)) {
        if (moving.has(other) || shared.has(other)) continue;
        if (definitions.has(other)) {
          if (!isBack()) continue;
          const problem = `'${name}' names '${free}', which stays in '${from.file}': the files would import each other.`;
          return { problem, hint: `Move what '${name}' names first, or both into a file of their own.` };
        }
        const isNeeded = isUsedElsewhere(source, from, to, free, moving);
        if (isNeeded && !isBack()) continue;
        (isNeeded ? shared : moving).add(other);
        open.push(other);
      }
    }
  }
  return undefined;
}

function statementsAround(module: Module, node: ts.Node): readonly ts.Statement[] {
  return module.source.statements.filter(({ pos, end }) => pos <= node.pos && node.end <= end);
}

function refersTo(statement: ts.Statement, others: ReadonlySet<ts.Statement>): boolean {
  const names = new Set([...others].flatMap(namesOf));
  return [...freeIn(statement)].some((name) => names.has(name));
}

/** Is a name of a file also used by what stays there, or by a third file? */
function isUsedElsewhere(
  source: Source,
  from: Module,
  to: Module,
  name: string,
  moving: ReadonlySet<ts.Statement>,
): boolean {
  if (from.source.statements.some((each) => !moving.has(each) && freeIn(each).has(name))) return true;
  return modulesOf(source).some((module) => {
    if (module === from || module === to) return false;
    return [...module.bindings.keys()].some((key) => {
      const found = behind(source.opened.reading, module, key);
      return found?.kind === 'module'
        ? found.module === from
        : found?.kind === 'declared' && found.module === from && found.binding.name === name;
    });
  });
}

/** Does a file import another one, directly or not? */
function imports({ opened }: Source, module: Module, other: Module, seen = new Set<Module>()): boolean {
  if (seen.has(module)) return false;
  seen.add(module);
  return module.source.statements.some((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return false;
    const { moduleSpecifier } = statement;
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return false;
    const found = moduleBehind(opened.reading, { module, node: moduleSpecifier }, moduleSpecifier.text);
    if (found === undefined || found === 'outside') return false;
    return found === other || imports({ opened } as Source, found, other, seen);
  });
}
