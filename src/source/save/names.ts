import { ts } from '../syntax/typescript.js';
import type { SystemModel } from '../../model/index.ts';
import { freeName } from '../../model/text/names.ts';
import { definitionBehind, definitionOf, type Definition } from '../define/dsl-call.ts';
import { findExport } from '../files/imports.ts';
import { nameAll, type Names, type Word } from '../print/names.ts';
import type { Opened } from '../read.ts';
import { packageName } from '../syntax/dsl-name.ts';
import type { Module } from '../syntax/module.ts';
import { behind } from '../value/follow.ts';

/** What a file calls the definitions and the functions of the package, and what it has to import for that. */
export interface FileNames {
  readonly names: Names;
  /** By the name in the file. */
  readonly imports: ReadonlyMap<string, { readonly imported: string; readonly from: Module | typeof packageName }>;
}

/** The constants of definitions that are new, and the files that they go to. */
export type NewConstants = ReadonlyMap<string, { readonly constant: string; readonly module: Module }>;

/** Gives every definition that is new a constant that no file has yet. */
export function newConstants(
  model: SystemModel,
  all: Iterable<Module>,
  added: ReadonlyMap<string, Module>,
): NewConstants {
  const taken = new Set([...Object.keys(model.locals), ...Object.keys(model.imports)]);
  for (const module of all) for (const name of module.bindings.keys()) taken.add(name);
  const { constants } = nameAll(model);
  const found = new Map<string, { constant: string; module: Module }>();
  for (const [name, module] of added) {
    const constant = freeName(constants.get(name) ?? name, taken);
    taken.add(constant);
    found.set(name, { constant, module });
  }
  return found;
}

/** The names of one file. */
export function namesIn(opened: Opened, module: Module, model: SystemModel, fresh: NewConstants): FileNames {
  const { reading, members } = opened;
  const nameOf = new Map(members.map(({ definition, name }) => [definition.declaration, name]));
  const constants = new Map<string, string>();
  const also = new Map<string, string>();
  const definitions = new Map<string, string>();
  const imports = new Map<string, { imported: string; from: Module | typeof packageName }>();
  const add = (constant: string, definition: Definition | undefined): void => {
    const name = definition && nameOf.get(definition.declaration);
    if (name === undefined) return;
    definitions.set(constant, name);
    if (constants.has(name)) also.set(constant, name);
    else constants.set(name, constant);
  };
  for (const name of module.bindings.keys()) {
    const found = behind(reading, module, name);
    if (found?.kind === 'module')
      for (const key of found.module.exports.keys()) {
        const inner = findExport(reading, found.module, key);
        if (inner?.kind === 'declared') add(`${name}.${key}`, definitionOf(reading, inner.module, inner.binding.value));
      }
    else add(name, definitionBehind(reading, { module, node: ts.factory.createIdentifier(name) }));
  }
  const taken = new Set([...module.bindings.keys(), ...[...fresh.values()].map(({ constant }) => constant)]);
  const bring = (name: string, imported: string, from: Module): void => {
    const constant = freeName(imported, taken);
    taken.add(constant);
    constants.set(name, constant);
    definitions.set(constant, name);
    imports.set(constant, { imported, from });
  };
  for (const { definition, name } of members)
    if (!constants.has(name) && ts.isIdentifier(definition.declaration.name))
      bring(name, definition.declaration.name.text, definition.module);
  for (const [name, { constant, module: home }] of fresh) {
    constants.set(name, constant);
    definitions.set(constant, name);
    if (home !== module) imports.set(constant, { imported: constant, from: home });
  }
  const words = wordsOf(module, model, taken, imports);
  const next = (wanted: string): string => {
    const name = freeName(wanted, taken);
    taken.add(name);
    return name;
  };
  return { names: { constants, also, definitions, words, fresh: next }, imports };
}

const allWords = ['system', 'event', 'task', 'agent', 'resource', 'flow', 'machine', 'part', 'failed'] as const;

function wordsOf(
  module: Module,
  model: SystemModel,
  taken: Set<string>,
  imports: Map<string, { imported: string; from: Module | typeof packageName }>,
): Names['words'] {
  const found = new Map<string, string>();
  for (const [name, { value }] of module.bindings) {
    if (value?.kind !== 'import' || value.from !== packageName || value.typeOnly) continue;
    if (value.imported !== '*') found.set(value.imported, name);
    else for (const word of allWords) if (!found.has(word)) found.set(word, `${name}.${word}`);
  }
  const avoided = new Set([...taken, ...Object.keys(model.locals), ...Object.keys(model.imports)]);
  const word = (each: Word): string => {
    const known = found.get(each);
    if (known !== undefined) return known;
    const name = freeName(each, avoided);
    taken.add(name);
    imports.set(name, { imported: each, from: packageName });
    return name;
  };
  return Object.fromEntries(allWords.map((each) => [each, word(each)])) as Record<Word, string>;
}
