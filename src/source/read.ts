import { resolve } from 'node:path';
import { deepFreeze, nearest } from '../core/index.ts';
import type { Diagnostic, SystemModel } from '../model/index.ts';
import { definitionOf } from './define/dsl-call.ts';
import { membersOf, reportStrangers, type Member } from './define/members.ts';
import { findSystem, readSystemHead, type SystemCall } from './define/system.ts';
import { reportCycles } from './files/cycles.ts';
import type { KeptFiles } from './files/kept.ts';
import { suppressionsIn } from './ignore/index.ts';
import { readReached } from './scope/reached.ts';
import { readMembers } from './members.ts';
import type { ReadResult } from './options.ts';
import { Reading } from './reading.ts';
import { packageName } from './syntax/dsl-name.ts';
import type { Module } from './syntax/module.ts';

/** Reads a system from a TypeScript file. Loads the parser: import this module only when it is needed. */
export function readSource(
  path: string,
  cwd: string,
  readFile: (path: string) => Uint8Array | string,
  kept?: KeptFiles,
): ReadResult {
  return openSource(path, cwd, readFile, kept).result;
}

/** Where a system and its definitions stand in its files. */
export interface Opened {
  readonly reading: Reading;
  readonly call: SystemCall;
  readonly members: readonly Member[];
  /** The files whose exports belong to the system, the one that was named first. */
  readonly modules: readonly Module[];
}

/** Reads a system, and keeps what it was read from. */
export function openSource(
  path: string,
  cwd: string,
  readFile: (path: string) => Uint8Array | string,
  kept?: KeptFiles,
): { readonly result: ReadResult; readonly opened?: Opened } {
  const entry = resolve(cwd, path);
  const reading = new Reading(entry, cwd, readFile, kept);
  let system: SystemModel | undefined;
  let opened: Opened | undefined;
  try {
    const module = reading.module(entry);
    if (module !== undefined) ({ system, opened } = systemIn(reading, module));
  } catch (thrown) {
    // The parser and the walks are recursive: a file can be nested deeper than the stack.
    if (!(thrown instanceof RangeError)) throw thrown;
    const message = `'${reading.display(entry)}' is nested too deeply to be read.`;
    reading.reportFile('MR1015', entry, message, 'Split what is nested into constants and functions of their own.');
  }
  const suppressions = [...reading.modules.values()].flatMap((module) =>
    module === undefined ? [] : suppressionsIn(module),
  );
  const files = [...reading.modules].flatMap(([file, module]) => (module === undefined ? [] : [file]));
  const missing = [...reading.modules].flatMap(([file, module]) => (module === undefined ? [file] : []));
  const result = {
    ...(system === undefined ? {} : { system: deepFreeze(system) }),
    diagnostics: byPlace(
      reading.diagnostics,
      files.map((file) => reading.display(file)),
    ),
    ...(suppressions.length > 0 && { suppressions }),
    files,
    ...(missing.length > 0 && { missing }),
  };
  return { result, ...(opened === undefined ? {} : { opened }) };
}

function systemIn(reading: Reading, module: Module): { readonly system?: SystemModel; readonly opened?: Opened } {
  if (module.source.statements.length === 0 && reading.diagnostics.length === 0) {
    reading.reportFile(
      'MR1004',
      module.path,
      `'${module.display}' is empty.`,
      'Begin with `export default system(…)`, or run `dsl init`.',
    );
    return {};
  }
  const found = findSystem(reading, module);
  if (found === undefined) {
    if (reportMisspelt(reading, module)) return {};
    const declares = [...module.bindings.values()].some(
      ({ value }) => definitionOf(reading, module, value) !== undefined,
    );
    const write = "`export default system('name', { version: '1.0.0' })`, with `import { system } from 'millrace'`";
    const hint = declares
      ? `It declares what a system has, so it may be a part of one: name the file of the system, which has this file in its \`parts\`. If it is the system itself, write ${write}.`
      : `Write ${write}.`;
    reading.reportFile('MR1007', module.path, `'${module.display}' exports no system.`, hint);
    return {};
  }
  const { head, parts } = readSystemHead(reading, found);
  const modules = [...new Set([module, found.module, ...parts])];
  const members = membersOf(reading, modules);
  const maps = readMembers(reading, members);
  for (const each of modules) reportMisspelt(reading, each);
  reportStrangers(reading, members, modules);
  reportCycles(reading, module);
  const {
    kind,
    schemaVersion,
    name,
    version,
    description,
    tags,
    metadata,
    hints,
    contexts,
    retention,
    budget,
    access,
    location,
  } = head;
  const system: SystemModel = {
    kind,
    schemaVersion,
    name,
    version,
    ...present({ description, tags, metadata, hints }),
    contexts,
    ...maps,
    ...readReached(reading),
    ...present({ retention, budget, access }),
    files: [...reading.modules.values()].flatMap((read) => (read === undefined ? [] : [read.file])),
    location,
  };
  return { system, opened: { reading, call: found, members, modules } };
}

/** Says that an import names almost, but not quite, the package that declares. */
function reportMisspelt(reading: Reading, module: Module): boolean {
  const verbs = ['system', 'event', 'task', 'agent', 'resource', 'flow', 'machine', 'part', 'failed'];
  for (const { value } of module.bindings.values()) {
    if (value?.kind !== 'import' || value.from === packageName || nearest(value.from, [packageName]) === undefined)
      continue;
    if (value.imported !== '*' && !verbs.includes(value.imported)) continue;
    const site = { module, node: value.declaration };
    const message = `'${value.imported}' is imported from '${value.from}', which is not '${packageName}'.`;
    reading.report('MR1126', site, message, { hint: `Did you mean '${packageName}'?` });
    return true;
  }
  return false;
}

/** The problems as one meets them reading the files from top to bottom, the entry first. */
function byPlace(diagnostics: readonly Diagnostic[], files: readonly string[]): readonly Diagnostic[] {
  const order = new Map(files.map((file, index) => [file, index]));
  const rank = ({ file }: Diagnostic): number => order.get(file) ?? -1;
  return diagnostics.toSorted((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column);
}

function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as never;
}
