import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { deepFreeze } from '../core/index.ts';
import type { ImportNode, LocalNode, SystemModel } from '../model/index.ts';
import { readAgent, readResource } from './define/agent.ts';
import { readEvent } from './define/event.ts';
import { membersOf, reportStrangers, type Member } from './define/members.ts';
import { findSystem, readSystemHead } from './define/system.ts';
import { readTask } from './define/task.ts';
import { reportCycles } from './files/cycles.ts';
import { readFlow } from './flow/flow.ts';
import { readMachine } from './machine/machine.ts';
import type { ReadOptions, ReadResult } from './options.ts';
import { Reading } from './reading.ts';
import { closure } from './scope/reach.ts';
import type { Module } from './syntax/module.ts';

/** Reads a system from a TypeScript file. Loads the parser: import this module only when it is needed. */
export function readSource(entryPath: string, options: ReadOptions): ReadResult {
  const cwd = options.cwd ?? process.cwd();
  const path = resolve(cwd, entryPath);
  const reading = new Reading(path, cwd, options.readFile ?? readFileSync);
  let system: SystemModel | undefined;
  try {
    const module = reading.module(path);
    if (module !== undefined) system = systemIn(reading, module);
  } catch (thrown) {
    // The parser and the walks are recursive: a file can be nested deeper than the stack.
    if (!(thrown instanceof RangeError)) throw thrown;
    reading.reportFile('MR1015', path, `'${reading.display(path)}' is nested too deeply to be read.`, 'Split what is nested into constants and functions of their own.');
  }
  const files = [...reading.modules].flatMap(([file, module]) => (module === undefined ? [] : [file]));
  return { ...(system === undefined ? {} : { system: deepFreeze(system) }), diagnostics: reading.diagnostics, files };
}

function systemIn(reading: Reading, module: Module): SystemModel | undefined {
  if (module.source.statements.length === 0 && reading.diagnostics.length === 0) {
    reading.reportFile('MR1004', module.path, `'${module.display}' is empty.`, 'Begin with `export default system(…)`, or run `dsl init`.');
    return undefined;
  }
  const found = findSystem(reading, module);
  if (found === undefined) {
    reading.reportFile(
      'MR1007',
      module.path,
      `'${module.display}' exports no system.`,
      "Write `export default system('name', { version: '1.0.0' })`, with `import { system } from 'millrace'`.",
    );
    return undefined;
  }
  const { head, parts } = readSystemHead(reading, found);
  const modules = [...new Set([module, found.module, ...parts])];
  const members = membersOf(reading, modules);
  const maps = readMembers(reading, members);
  reportStrangers(reading, members, modules);
  reportCycles(reading, module);
  const { kind, schemaVersion, name, version, description, tags, metadata, hints, contexts, retention, budget, access, location } = head;
  const shared = { description, tags, metadata, hints };
  const config = { retention, budget, access };
  return {
    kind,
    schemaVersion,
    name,
    version,
    ...present(shared),
    contexts,
    ...maps,
    ...reached(reading),
    ...present(config),
    files: [...reading.modules.values()].flatMap((read) => (read === undefined ? [] : [read.file])),
    location,
  };
}

function readMembers(reading: Reading, members: readonly Member[]): Pick<SystemModel, 'events' | 'tasks' | 'agents' | 'resources' | 'flows' | 'machines'> {
  const of = <T>(verb: Member['definition']['verb'], read: (reading: Reading, definition: Member['definition'], name: string) => T): Record<string, T> =>
    Object.fromEntries(
      members.filter(({ definition }) => definition.verb === verb).map(({ definition, name }) => [name, read(reading, definition, name)]),
    );
  return {
    events: of('event', readEvent),
    tasks: of('task', readTask),
    agents: of('agent', readAgent),
    resources: of('resource', readResource),
    flows: of('flow', readFlow),
    machines: of('machine', readMachine),
  };
}

/** The locals and imports that something needs, sorted by name. */
function reached(reading: Reading): Pick<SystemModel, 'locals' | 'imports'> {
  const locals: Record<string, LocalNode> = {};
  const imports: Record<string, ImportNode> = {};
  for (const name of [...reading.reached.keys()].sort()) {
    const entry = reading.reached.get(name);
    if (entry === undefined) continue;
    const { node, needs } = entry;
    if (node.kind === 'import') imports[name] = node;
    else locals[name] = { ...node, uses: closure(reading, needs).filter((key) => key !== name) };
  }
  return { locals, imports };
}

function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as never;
}
