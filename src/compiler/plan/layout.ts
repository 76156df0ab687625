/** Where every generated file lies and what every definition is called in them: decided once for a whole system. */
import { dirname } from 'node:path';
import type { ImportNode, SystemModel } from '../../model/index.ts';
import { visitStates } from '../../model/visit/index.ts';
import { joinPath, rewriteSpecifier, specifier } from '../paths.ts';
import { camelCase, freeName, kebabCase } from '../../model/text/names.ts';
import { bySource } from './order.ts';

/** The folders and file names of one system. Paths are absolute, or all relative to the same folder. */
export interface LayoutOptions {
  /** The folder that the system's files are written to. */
  readonly outDir: string;
  /** The entry file of the system. */
  readonly sourcePath: string;
  /** The folder with the implementations of tasks. */
  readonly tasksDir: string;
  /** The extension in imports of generated files. Default `.ts`. */
  readonly importExtension?: '.ts' | '.js';
}

type Kind = 'event' | 'task' | 'flow' | 'agent';

/** The names and places of one system's generated code. */
export interface Layout {
  /** The exported name of a definition's contract in `contracts.ts`. */
  contract(kind: Kind, name: string): string;
  /** The exported name of the schema of a machine's context in `contracts.ts`. */
  machineContext(name: string): string;
  /** The exported name of the context schema that a state of a machine has for itself. */
  stateContext(machine: string, state: string): string;
  /** The exported name of a flow's or machine's module, and its file. */
  module(kind: 'flow' | 'machine', name: string): { readonly exported: string; readonly path: string };
  /** The specifier by which the generated file `from` imports the generated file `to`; both paths in the output folder. */
  specifier(from: string, to: string): string;
  /** The specifier by which the generated file `from` imports the implementation of a task. */
  taskSpecifier(name: string, from: string): string;
  /** The file of a task's implementation. */
  taskFile(name: string): string;
  /** The specifier by which the generated file `from` imports what the source imports. */
  importSpecifier(node: ImportNode, from: string): string;
  /** The source file, seen from the output folder. */
  readonly source: string;
  /** A file of the source, as `LayoutOptions.sourcePath` would name it. */
  sourceFile(file: string): string;
}

/** Gives every definition of a system its name and place. */
export function createLayout(model: SystemModel, options: LayoutOptions): Layout {
  const extension = options.importExtension ?? '.ts';
  const taken = new Set<string>();
  const names = new Map<string, string>();
  const give = (key: string, wanted: string): void => {
    // The globals are fine as exported names: inside a module that could mean them they get another name.
    const name = taken.has(wanted) ? freeName(`${wanted}_`, taken) : wanted;
    taken.add(name);
    names.set(key, name);
  };
  for (const node of bySource(model, model.events)) give(`event:${node.name}`, camelCase(node.name));
  for (const node of bySource(model, model.tasks)) give(`task:${node.name}`, camelCase(node.name));
  for (const node of bySource(model, model.flows)) give(`flow:${node.name}`, camelCase(node.name));
  for (const node of bySource(model, model.machines)) {
    give(`machine:${node.name}`, camelCase(node.name));
    give(`context:${node.name}`, `${camelCase(node.name)}Context`);
  }
  for (const node of bySource(model, model.machines)) {
    visitStates(node, ({ name, context }) => {
      if (context !== undefined) give(`state:${node.name}/${name}`, camelCase(`${node.name}.${name}.context`));
    });
  }
  // Last: where there were none before, no other name changes.
  for (const node of bySource(model, model.agents)) give(`agent:${node.name}`, camelCase(node.name));
  const files = new Map<string, string>();
  const lower = new Set<string>();
  for (const { kind, name } of [...bySource(model, model.flows), ...bySource(model, model.machines)]) {
    files.set(`${kind}:${name}`, fileFor(`${kind}s`, name, lower));
  }
  const find = (map: ReadonlyMap<string, string>, key: string): string =>
    map.get(key) ?? camelCase(key.slice(key.indexOf(':') + 1));
  const sourceFolder = dirname(options.sourcePath);
  const inOutput = (path: string): string => joinPath(options.outDir, path);
  const taskFile = (name: string): string => joinPath(options.tasksDir, `${kebabCase(name) || 'task'}.ts`);
  return {
    contract: (kind, name) => find(names, `${kind}:${name}`),
    machineContext: (name) => find(names, `context:${name}`),
    stateContext: (machine, state) => find(names, `state:${machine}/${state}`),
    module: (kind, name) => ({ exported: find(names, `${kind}:${name}`), path: find(files, `${kind}:${name}`) }),
    specifier: (from, to) => specifier(dirname(inOutput(from)), inOutput(to)).replace(/\.ts$/, extension),
    taskFile,
    taskSpecifier: (name, from) => specifier(dirname(inOutput(from)), taskFile(name)).replace(/\.ts$/, extension),
    importSpecifier: (node, from) =>
      rewriteSpecifier(node.from, joinPath(sourceFolder, node.location.file), inOutput(from)),
    source: specifier(options.outDir, options.sourcePath),
    sourceFile: (file) => joinPath(sourceFolder, file),
  };
}

/** A file name that is safe on every system, also where letter case does not count. */
function fileFor(folder: string, name: string, lower: Set<string>): string {
  const plain =
    /^[A-Za-z_][\w.-]*$/.test(name) && !/[. ]$/.test(name) && !/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name);
  const base = (plain ? name : camelCase(name).replace(/[^\w]/g, '_')).slice(0, 120);
  for (let count = 1; ; count++) {
    const path = `${folder}/${base}${count === 1 ? '' : `-${count}`}.ts`;
    if (lower.has(path.toLowerCase())) continue;
    lower.add(path.toLowerCase());
    return path;
  }
}
