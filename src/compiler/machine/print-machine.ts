/** Prints a machine as a module: registers, and a `switch` per event. */
import type { MachineNode, SystemModel } from '../../model/index.ts';
import type { ModuleWriter } from '../module-writer.ts';
import type { Layout } from '../plan/layout.ts';
import { block, callWithOptions, hard, indent, join, object, print, type Doc } from '../../model/text/doc.ts';
import { camelCase, docComment, lineComment, propertyKey, quote } from '../../model/text/names.ts';
import { tryCatch } from './actions.ts';
import { matches } from '../../core/index.ts';
import { printHandlers, type PrintedHandler } from './events.ts';
import { initialEntries } from './entries.ts';
import { enter } from './enter.ts';
import { prelude, valueOf } from './lambdas.ts';
import { pascal } from './pascal.ts';
import { reachTable } from './phases.ts';
import { createPrinter, place, type Printer } from './printer.ts';
import { registerMembers, registersType } from './registers.ts';

/** What the module needs beside the machine. */
export interface PrintMachineOptions {
  readonly model: SystemModel;
  readonly layout: Layout;
  /** Collects the imports of the module. */
  readonly writer: ModuleWriter;
  /** The hash of the machine in the model. */
  readonly hash: string;
}

/** The code of a machine without header and imports. The machine must have passed the rules. */
export function printMachine(machine: MachineNode, { model, layout, writer, hash }: PrintMachineOptions): string {
  const exported = writer.declare(layout.module('machine', machine.name).exported);
  const printer = createPrinter(model, machine, writer, layout);
  const handlers = printHandlers(printer);
  const members = programMembers(printer, handlers, hash);
  const more = printer.registers !== undefined;
  const compiledMachine = writer.import('millrace/machine', more ? 'regionalMachine' : 'compiledMachine');
  const type = writer.import('millrace/machine', 'CompiledMachine', { typeOnly: true });
  const types = [printer.contextType, printer.contexts.byState, ...(more ? [printer.cellType()] : [])].join(', ');
  const about = machine.description === undefined ? [] : [comment(machine.description), hard];
  const main: Doc = [
    ...about,
    `export const ${exported}: ${type}<${types}> = ${compiledMachine}<${types}>({`,
    indent([
      hard,
      join(
        members.map((member) => [member, ',']),
        hard,
      ),
    ]),
    hard,
    '});',
  ];
  const pieces = [
    typesOf(printer),
    ...registersType(printer),
    tableOf(printer),
    ...printer.pieces,
    ...reachTable(printer),
    main,
  ];
  return `${print(join(pieces, [hard, hard]))}\n`;
}

const comment = (text: string): Doc => join(docComment(text).split('\n'), hard);

function typesOf(printer: Printer): Doc {
  const { machine, writer, types, contextType, stateType, layout } = printer;
  const base = pascal(machine.name);
  const parsed = writer.import('millrace/flow', 'Parsed', { typeOnly: true });
  const schema = writer.import('contracts.ts', layout.machineContext(machine.name), { typeOnly: true });
  const names = printer.tree.states.map(({ name }) => quote(name));
  const events = machine.events.map(
    ({ alias }) => `{ readonly name: ${quote(alias)}; readonly payload: ${types.event(alias)} }`,
  );
  const union = (name: string, members: readonly string[], width: number): Doc => {
    const line = `export type ${name} = ${members.join(' | ')};`;
    if (members.length === 0) return `export type ${name} = never;`;
    return line.length <= width
      ? line
      : [`export type ${name} =`, indent(members.map((member) => [hard, `| ${member}`])), ';'];
  };
  const eventType = writer.declare(`${base}Event`);
  const states = union(stateType, names, 110);
  const own = union(eventType, events, 110);
  const declarations = types.declarations();
  const { contexts } = printer;
  const snapshot = writer.import('millrace/machine', 'Snapshot', { typeOnly: true });
  const byState: Doc =
    contexts.declarations.length === 0
      ? `export type ${contexts.byState} = Readonly<Record<${stateType}, ${contextType}>>;`
      : [
          `export type ${contexts.byState} = {`,
          indent(
            printer.tree.states.map((state) => [
              hard,
              `readonly ${propertyKey(state.name)}: ${contexts.typeIn(state)};`,
            ]),
          ),
          hard,
          '};',
        ];
  return [
    comment('What an instance remembers.'),
    hard,
    `export type ${contextType} = ${parsed}<typeof ${schema}>;`,
    hard,
    comment('Its states.'),
    hard,
    states,
    ...contexts.declarations.map((each) => [hard, each]),
    hard,
    comment('What it remembers in each of them.'),
    hard,
    byState,
    hard,
    comment('Where an instance stands.'),
    hard,
    `export type ${writer.declare(`${base}Snapshot`)} = ${snapshot}<${contextType}, ${stateType}>;`,
    ...declarations.map((each) => [hard, each]),
    hard,
    comment('The events it is told of.'),
    hard,
    own,
  ];
}

/** Numbers, names, parents, and what each state listens to. */
function tableOf(printer: Printer): Doc {
  const row = printer.writer.import('millrace/machine', 'StateRow', { typeOnly: true });
  const rows = printer.tree.states.map(({ name, parent, node }): Doc => {
    const heard = printer.machine.events.filter(({ alias }) =>
      node.on.some(({ event, transitions }) => transitions.length > 0 && matches(event, alias)),
    );
    const type = node.type === 'history' ? (node.history ?? 'shallow') : node.type;
    const more = type === 'atomic' || type === 'compound' ? '' : `, ${quote(type)}`;
    return `[${quote(name)}, ${parent?.number ?? -1}, [${heard.map(({ alias }) => quote(alias)).join(', ')}]${more}],`;
  });
  return [
    comment('By number: name, parent, the events it listens to, and what it is when it is no plain state.'),
    hard,
    `const ${printer.table}: readonly ${row}[] = [`,
    indent(rows.map((each) => [hard, each])),
    hard,
    '];',
  ];
}

function programMembers(printer: Printer, handlers: readonly PrintedHandler[], hash: string): readonly Doc[] {
  const { machine, table, writer } = printer;
  const begin = beginFunction(printer);
  const always = handlers.find(({ event }) => event === undefined);
  const settles = printer.chains || begin !== undefined;
  const record = (entries: readonly (readonly [string, string])[]): Doc =>
    object(entries.map(([key, value]) => `${propertyKey(key)}: ${quote(value)}`));
  return [
    `name: ${quote(machine.name)}`,
    `hash: ${quote(hash)}`,
    `key: ${quote(machine.key)}`,
    ['events: ', record(machine.events.map(({ alias, name }) => [name, alias]))],
    `creates: [${machine.creates.map(quote).join(', ')}]`,
    member('states', table),
    ...registerMembers(printer),
    ['enter: ', enterInitial(printer)],
    ['step: ', stepArrow(printer, handlers)],
    ...(always === undefined ? [] : [member('always', always.name)]),
    ...(begin === undefined ? [] : [begin]),
    ...(settles ? [member('settle', writer.import('millrace/machine', 'settle'))] : []),
  ];
}

const member = (key: string, name: string): string => (key === name ? key : `${key}: ${name}`);

function enterInitial(printer: Printer): Doc {
  const { tree, local, machine } = printer;
  return [`(${local.cell}) => `, block(enter(printer, initialEntries(tree, machine.initial)))];
}

function stepArrow(printer: Printer, handlers: readonly PrintedHandler[]): Doc {
  const { cell, name, payload } = printer.local;
  const readsPayload = handlers.some(({ payloadType }) => payloadType !== undefined);
  const called = ({ name: handler, payloadType, event }: PrintedHandler): string => {
    const typed = payloadType === 'unknown' ? payload : `${payload} as ${payloadType}`;
    return `${handler}(${[cell, ...(event === '*' ? [name] : []), ...(payloadType === undefined ? [] : [typed])].join(', ')})`;
  };
  const other = handlers.find(({ event }) => event === '*');
  const cases = handlers.flatMap((handler): Doc[] =>
    handler.event === undefined || handler.event === '*'
      ? []
      : [[`case ${quote(handler.event)}:`, indent([hard, `return ${called(handler)};`])]],
  );
  const last = [['default:', indent([hard, `return ${other === undefined ? 'false' : called(other)};`])]];
  const first = handlers.some(({ event }) => event !== undefined) ? cell : `_${cell}`;
  return [
    `(${[first, name, ...(readsPayload ? [payload] : [])].join(', ')}) => `,
    block([[`switch (${name}) `, block([...cases, ...last])]]),
  ];
}

/** Asks for the work of the states that have some. */
function beginFunction(printer: Printer): Doc | undefined {
  const { cell, state, thrown } = printer.local;
  const cases = printer.tree.states.flatMap((owner): Doc[] => {
    const { node, number, name } = owner;
    if (node.run.length === 0) return [];
    const statements = node.run.flatMap((run): readonly Doc[] => {
      const target = `target: { kind: ${quote(run.target.kind)}, name: ${quote(run.target.name)} }`;
      const push = (input: Doc): Doc => [
        callWithOptions(`${cell}.effects.push`, [
          object(["type: 'run'", `id: ${quote(run.id)}`, target, ['input: ', input]]),
        ]),
        ';',
      ];
      const about = lineComment(`${name}: ${run.id} (${place(run)})`);
      if (run.input === undefined) return [about, push('undefined')];
      const around = {
        payload: undefined,
        payloadType: () => 'unknown',
        label: camelCase(`${run.id}.input`),
        state: owner,
      };
      const value = valueOf(printer, run.input, 'unknown', around);
      if (value.safe && value.reads.size === 0) return [about, push(value.code)];
      const failed = printer.writer.import('millrace/machine', 'workFailed');
      const at = quote(`${name}.run.${run.id}.input`);
      return [
        about,
        tryCatch(
          printer,
          [...prelude(printer, value.reads, owner), push(value.code)],
          [`${failed}(${cell}, ${quote(run.id)}, ${at}, ${thrown});`],
        ),
      ];
    });
    return [[`case ${number}:`, indent([hard, join([...statements, 'break;'], hard)])]];
  });
  if (cases.length === 0) return undefined;
  return [`begin: (${cell}, ${state}) => `, block([[`switch (${state}) `, block([...cases, 'default:'])]])];
}
