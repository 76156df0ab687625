/** What the parts of the machine printer share while one machine is printed. */
import type { MachineNode, SystemModel, TransitionNode } from '../../model/index.ts';
import { visitActions, visitStates } from '../../model/visit/index.ts';
import type { ModuleWriter } from '../module-writer.ts';
import type { Layout } from '../plan/layout.ts';
import { hard, join, type Doc } from '../../model/text/doc.ts';
import { docComment, freeName, lineComment } from '../../model/text/names.ts';
import { pascal } from './pascal.ts';
import { payloadTypes, type PayloadTypes } from './types.ts';
import { movesOf, type Move } from './moves.ts';
import { Printed } from './printed.ts';
import { growTree, isHeard, lineage, type Region, type State, type Tree } from './tree.ts';
import { readsConfiguration } from './reads-configuration.ts';
import { stateContexts, type StateContexts } from './state-context.ts';

export interface Printer {
  readonly model: SystemModel;
  readonly machine: MachineNode;
  readonly writer: ModuleWriter;
  readonly layout: Layout;
  readonly tree: Tree;
  readonly moves: ReadonlyMap<TransitionNode, readonly Move[]>;
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
    readonly taken: string;
    /** By region: the transition that was selected there. */
    readonly selected: readonly string[];
  };
  /** The type of the registers. */
  readonly cellType: () => string;
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
  /** Has it more registers than `state`: regions, or a history? Then this is the name of their type. */
  readonly registers: string | undefined;
  /**
   * Does anything ask, while the machine moves, which states are active: a lambda, or the end of a parallel state? Then
   * the registers move with every state that is left or entered.
   */
  readonly followsStates: boolean;
  /** Can a transition set off another one? */
  readonly chains: boolean;
  /** Functions and constants, in the order in which they are printed. */
  readonly pieces: Doc[];
  /** What may stand in several places. */
  readonly printed: Printed;
  /** Functions that are printed when something calls them, by key. */
  readonly made: Map<string, string>;
  /** Transitions that several regions inherit: while one event is looked at, their guards are asked once. */
  readonly asked: Set<TransitionNode>;
  /** Moves of which only one may be taken. */
  readonly rivals: Set<Move>;
}

/** Sets up the printing of one machine. */
export function createPrinter(model: SystemModel, machine: MachineNode, writer: ModuleWriter, layout: Layout): Printer {
  const tree = growTree(machine);
  // What lambdas see: a variable of that name would hide it.
  writer.reserve(['context', 'event', 'output', 'error', 'now', 'instanceId', 'item', 'index']);
  // What functions bind must not hide a name that user text means, nor each other.
  const local = (wanted: string): string => {
    const name = freeName(wanted, writer.taken);
    writer.reserve([name]);
    return name;
  };
  const names = {
    cell: local('m'),
    at: local('at'),
    thrown: local('thrown'),
    state: local('state'),
    name: local('name'),
    payload: local('payload'),
    transition: local('transition'),
    taken: local('taken'),
    selected: tree.regions.map(({ register }) => local(register)),
  };
  const base = pascal(machine.name);
  const contextType = writer.declare(`${base}Context`);
  const stateType = writer.declare(`${base}State`);
  const more = tree.regions.length + tree.histories.length > 1;
  const registers = more ? writer.declare(`${base}Registers`) : undefined;
  const cellType = (): string =>
    registers ?? `${writer.import('millrace/machine', 'Cell', { typeOnly: true })}<${contextType}>`;
  return {
    model,
    machine,
    writer,
    layout,
    tree,
    moves: movesOf(tree),
    types: payloadTypes(model, machine, writer),
    local: names,
    cellType,
    // Only a machine in which something happens has a function that names the type.
    get parameter() {
      return `${names.cell}: ${cellType()}`;
    },
    contextType,
    contexts: stateContexts(machine, tree.states, contextType, writer, layout),
    stateType,
    table: writer.declare('states'),
    registers,
    followsStates:
      readsConfiguration(machine) ||
      tree.states.some((state) => state.node.type === 'parallel' && isHeard(tree, state)),
    chains:
      raises(machine) ||
      severalFail(tree) ||
      tree.groups.some(({ descriptor }) => descriptor === undefined || isInternal(descriptor)),
    pieces: [],
    printed: new Printed(),
    made: new Map(),
    asked: new Set(),
    rivals: new Set(),
  };
}

/** Is this an event that the machine itself brings about, or a pattern that covers such? */
const isInternal = (descriptor: string): boolean => /^(?:done\.state|error\.execution)|\*$/.test(descriptor);

/** Can two pieces of work fail before they begin, so that the first failure leads on before the second is heard of? */
const severalFail = ({ states, regions }: Tree): boolean => {
  const failing = (state: State): number =>
    state.node.run.filter(({ input, onError }) => input !== undefined && onError.length > 0).length;
  const sum = (some: readonly State[]): number => some.reduce((count, state) => count + failing(state), 0);
  return regions.length > 1 ? sum(states) > 1 : states.some((state) => sum(lineage(state)) > 1);
};

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
export function moveTo({ local }: Printer, { region, number, name }: State): Doc {
  return `${local.cell}.${region.register} = ${number}; ${lineComment(name)}`;
}

/** The register as it stands when everything below the state was left; nothing stands for the region as a whole. */
export function leaveTo(printer: Printer, outer: State | undefined, region?: Region): Doc {
  if (outer !== undefined) return moveTo(printer, outer);
  return `${printer.local.cell}.${region?.register ?? 'state'} = -1;`;
}

/** Makes a function the first time it is asked for; one that would do nothing has no name. */
export function once(printer: Printer, key: string, make: () => string | undefined): string | undefined {
  const known = printer.made.get(key);
  if (known !== undefined) return known === '' ? undefined : known;
  const name = make();
  printer.made.set(key, name ?? '');
  return name;
}
