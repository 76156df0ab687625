/** What the parts of the machine printer share while one machine is printed. */
import type { MachineNode, SystemModel } from '../../model/index.ts';
import { visitActions, visitStates } from '../../model/visit/index.ts';
import type { ModuleWriter } from '../module-writer.ts';
import type { Layout } from '../plan/layout.ts';
import { hard, join, type Doc } from '../text/doc.ts';
import { docComment, freeName, lineComment } from '../text/names.ts';
import { pascal } from './pascal.ts';
import { payloadTypes, type PayloadTypes } from './types.ts';
import { growTree, lineage, type State, type Tree } from './tree.ts';
import { readsConfiguration } from './lambdas.ts';
import { stateContexts, type StateContexts } from './state-context.ts';

export interface Printer {
  readonly model: SystemModel;
  readonly machine: MachineNode;
  readonly writer: ModuleWriter;
  readonly layout: Layout;
  readonly tree: Tree;
  readonly types: PayloadTypes;
  /** Names of variables in functions, chosen so that they hide nothing that user text means. */
  readonly local: {
    readonly cell: string;
    readonly at: string;
    readonly thrown: string;
    readonly state: string;
    readonly name: string;
    readonly payload: string;
    readonly transition: string;
    readonly found: string;
  };
  /** `m: Cell<OrderContext>` */
  readonly parameter: string;
  /** The type of the context. */
  readonly contextType: string;
  /** The types of the context in states that have one of their own. */
  readonly contexts: StateContexts;
  /** The type of the state names. */
  readonly stateType: string;
  /** The name of the table of states. */
  readonly table: string;
  /** Of a machine with parallel states: the name of the table of regions. */
  readonly regions: string | undefined;
  /** Does any lambda ask which states are active? Then the register moves with every state that is left or entered. */
  readonly followsStates: boolean;
  /** Can a transition set off another one? */
  readonly chains: boolean;
  /** Functions and constants, in the order in which they are printed. */
  readonly pieces: Doc[];
  /** Functions that are printed when something calls them, by key. */
  readonly made: Map<string, string>;
}

/** Sets up the printing of one machine. */
export function createPrinter(model: SystemModel, machine: MachineNode, writer: ModuleWriter, layout: Layout): Printer {
  const tree = growTree(machine);
  // What functions bind is no name of the module: it must only not hide a name that user text means.
  const local = (wanted: string): string => freeName(wanted, writer.taken);
  const names = {
    cell: local('m'),
    at: local('at'),
    thrown: local('thrown'),
    state: local('state'),
    name: local('name'),
    payload: local('payload'),
    transition: local('transition'),
    found: local('found'),
  };
  writer.reserve([
    ...Object.values(names),
    'context',
    'event',
    'output',
    'error',
    'now',
    'instanceId',
    'item',
    'index',
  ]);
  const base = pascal(machine.name);
  const contextType = writer.declare(`${base}Context`);
  const stateType = writer.declare(`${base}State`);
  const regional = tree.states.some(({ node }) => node.type === 'parallel');
  return {
    model,
    machine,
    writer,
    layout,
    tree,
    types: payloadTypes(model, machine, writer),
    local: names,
    // Only a machine in which something happens has a function that names the type.
    get parameter() {
      return `${names.cell}: ${writer.import('millrace/machine', regional ? 'RegionalCell' : 'Cell', { typeOnly: true })}<${contextType}>`;
    },
    contextType,
    contexts: stateContexts(machine, tree.states, contextType, writer, layout),
    stateType,
    table: writer.declare('states'),
    regions: regional ? writer.declare('regions') : undefined,
    followsStates: !regional && readsConfiguration(machine),
    chains:
      regional ||
      raises(machine) ||
      severalFail(tree) ||
      tree.groups.some(({ descriptor }) => descriptor === undefined || isInternal(descriptor)),
    pieces: [],
    made: new Map(),
  };
}

/** Is this an event that the machine itself brings about, or a pattern that covers such? */
const isInternal = (descriptor: string): boolean => /^(?:done\.state|error\.execution)|\*$/.test(descriptor);

/** Can two pieces of work fail before they begin, so that the first failure leads on before the second is heard of? */
const severalFail = (tree: Tree): boolean =>
  tree.leaves.some(
    (leaf) =>
      lineage(leaf).flatMap(({ node }) =>
        node.run.filter(({ input, onError }) => input !== undefined && onError.length > 0),
      ).length > 1,
  );

function raises(machine: MachineNode): boolean {
  let found = false;
  visitStates(machine, (state) => visitActions(state, ({ kind }) => (found ||= kind === 'raise')));
  return found;
}

/** `orders.dsl.ts:154` */
export function place(node: { readonly location: { readonly file: string; readonly line: number } }): string {
  return `${node.location.file}:${node.location.line}`;
}

/** A function of the module. Gives its name. */
export function addFunction(
  printer: Printer,
  wanted: string,
  about: string,
  print: (name: string) => {
    readonly parameters: readonly string[];
    readonly result: string;
    readonly body: readonly Doc[];
  },
): string {
  const name = printer.writer.declare(wanted);
  const { parameters, result, body } = print(name);
  printer.pieces.push([
    join(docComment(about).split('\n'), hard),
    hard,
    `function ${name}(${parameters.join(', ')}): ${result} {`,
    { doc: 'indent', inner: [hard, join(body, hard)] },
    hard,
    '}',
  ]);
  return name;
}

/** `m.state = 3; // travelling` */
export function moveTo(printer: Printer, state: State | undefined): Doc {
  return `${printer.local.cell}.state = ${state?.number ?? -1};${state === undefined ? '' : ` ${lineComment(state.name)}`}`;
}
