import { ts } from '../syntax/typescript.js';
import { parsePath, type PathPiece } from '../../model/edit/path.ts';
import type { RenameEdit, SystemModel } from '../../model/index.ts';
import { camelCase, isIdentifier, quote } from '../../model/text/names.ts';
import type { Member } from '../define/members.ts';
import type { Opened } from '../read.ts';
import { bare } from '../value/follow.ts';
import { applyEdits } from '../save/edits.ts';
import type { Module } from '../syntax/module.ts';
import { literalRenaming, stateRenaming, stepRenaming, type Rewriting } from './names.ts';
import { renameSymbol, type Texts } from './symbols.ts';

/** A system as its files say it, and the texts of all files that were read. */
export interface Source {
  readonly opened: Opened;
  readonly system: SystemModel;
  readonly texts: Texts;
}

/** Why something cannot have a name. */
interface NameTaken {
  readonly code: 'MR1782';
  readonly problem: string;
  readonly hint: string;
}

/**
 * Gives something another name where it is declared, so that it keeps its place, its comments and its formatting.
 * What refers to it follows with it only as far as it is a name of the language; the rest is for the saver. Gives
 * nothing where the source does not spell the name out, or has no such thing.
 */
export function renameInSource(source: Source, { path, to }: RenameEdit): Texts | NameTaken | undefined {
  const parsed = parsePath(path);
  if ('problem' in parsed) return undefined;
  const [root, name, field, ...rest] = parsed.pieces.map((piece) => piece.name);
  if (root === undefined || name === undefined) return undefined;
  const { opened, system, texts } = source;
  if (field === undefined)
    return root === 'locals' ? renameLocal(source, name, to) : renameDefinition(source, name, to);
  if (root === 'machines' && field === 'states' && rest.length > 0)
    return rewritten(texts, stateRenaming(opened, system, name, rest.at(-1) ?? '', to));
  if (root === 'flows' && field === 'body')
    return rewritten(texts, stepRenaming(opened, system, name, slashed(parsed.pieces.slice(3)), to));
  return undefined;
}

function slashed(pieces: readonly PathPiece[]): string {
  return pieces.map(({ name }) => name).join('/');
}

function rewritten(texts: Texts, rewriting: readonly Rewriting[] | undefined): Texts | undefined {
  if (rewriting === undefined) return undefined;
  const edits = (path: string) => rewriting.filter(({ module }) => module.path === path);
  return new Map([...texts].map(([path, text]) => [path, applyEdits(text, edits(path))]));
}

function renameLocal({ opened, system, texts }: Source, name: string, to: string): Texts | NameTaken | undefined {
  const file = system.locals[name]?.location.file;
  const module = [...opened.reading.modules.values()].find((each) => each !== undefined && each.file === file);
  const isKnown = [system.locals, system.imports].some((map) => Object.hasOwn(map, to));
  // What the system does not use is not in the model, and stays in the file.
  if (module !== undefined && !isKnown && module.bindings.has(to) && !opened.members.some(isCalled(module, to))) {
    const problem = `'${module.file}' has something else called '${to}', which the system does not use.`;
    return { code: 'MR1782', problem, hint: 'Take another name, or remove what has this one.' };
  }
  const binding = module?.bindings.get(name);
  const value = binding?.value;
  const declaration =
    value === undefined
      ? binding?.types[0]
      : 'statements' in value
        ? value.statements[0]
        : value.kind === 'import'
          ? undefined
          : value.declaration;
  const node = declaration !== undefined && 'name' in declaration ? (declaration.name as ts.Node) : undefined;
  if (module === undefined || node === undefined || !ts.isIdentifier(node)) return undefined;
  return renameSymbol(texts, module.path, node.getStart(module.source), to);
}

function renameDefinition({ opened, texts }: Source, name: string, to: string): Texts | undefined {
  const member = opened.members.find((each) => each.name === name);
  if (member === undefined || opened.members.some((each) => each.name === to)) return undefined;
  const { module, declaration, head } = member.definition;
  const edit = nameEdit(member, to);
  if (edit === undefined) return undefined;
  const next = rewritten(texts, [edit]) ?? texts;
  const own = declaration.name.getStart(module.source);
  const constant = constantOf(member, to);
  if (constant === undefined) return next;
  const isBefore = head.module === module && edit.start < own;
  const moved = isBefore ? own + edit.text.length - (edit.end - edit.start) : own;
  return renameSymbol(next, module.path, moved, constant) ?? next;
}

function isCalled(module: Module, name: string): (member: Member) => boolean {
  return ({ definition }) =>
    definition.module === module && definition.declaration.name.getText(definition.module.source) === name;
}

/** The first argument says what a definition is called. */
function nameEdit({ definition: { head } }: Member, to: string): Rewriting | undefined {
  const { module, node } = head;
  const [first] = node.arguments;
  if (first === undefined) return undefined;
  const literal = bare(first);
  if (ts.isStringLiteralLike(literal)) return literalRenaming(module, literal, to);
  return { module, start: first.getStart(module.source), end: first.end, text: quote(to) };
}

/** The new name of a constant that is called like its definition, or like it with its kind behind: `orderMachine`. */
function constantOf({ name, definition: { declaration, verb } }: Member, to: string): string | undefined {
  if (!ts.isIdentifier(declaration.name)) return undefined;
  const { text } = declaration.name;
  if (text === name && isIdentifier(to)) return to;
  const kind = verb.charAt(0).toUpperCase() + verb.slice(1);
  if (text === name || text === camelCase(name)) return camelCase(to);
  return text === `${camelCase(name)}${kind}` ? `${camelCase(to)}${kind}` : undefined;
}
