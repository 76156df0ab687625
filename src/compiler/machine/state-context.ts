/** States with a context schema of their own: the types of what their lambdas see. */
import type { MachineNode } from '../../model/index.ts';
import type { ModuleWriter } from '../module-writer.ts';
import type { Layout } from '../plan/layout.ts';
import { hard, type Doc } from '../../model/text/doc.ts';
import { docComment } from '../../model/text/names.ts';
import { pascal } from './pascal.ts';
import { lineage, type State } from './tree.ts';

/** The types of the context in the states of a machine. */
export interface StateContexts {
  /** The type of the context in a state; the machine's own where nothing narrows it. */
  typeIn(state: State | undefined): string;
  /** The declarations of those types. */
  readonly declarations: readonly Doc[];
  /** The name of the type that has the context of each state. */
  readonly byState: string;
}

/** Names the types of the context in the states that have one of their own. */
export function stateContexts(
  machine: MachineNode,
  states: readonly State[],
  contextType: string,
  writer: ModuleWriter,
  layout: Layout,
): StateContexts {
  const own = new Map<State, string>();
  const typeIn = (state: State | undefined): string =>
    (state &&
      lineage(state)
        .map((each) => own.get(each))
        .findLast((name) => name !== undefined)) ??
    contextType;
  const declarations: Doc[] = [];
  for (const state of states) {
    if (state.node.context === undefined) continue;
    const around = typeIn(state.parent);
    const name = writer.declare(pascal(`${machine.name}.${state.name}.context`));
    const parsed = writer.import('millrace/flow', 'Parsed', { typeOnly: true });
    const schema = writer.import('contracts.ts', layout.stateContext(machine.name, state.name), { typeOnly: true });
    own.set(state, name);
    declarations.push([
      docComment(`What an instance remembers while it is in ${state.name}.`),
      hard,
      `export type ${name} = ${around} & ${parsed}<typeof ${schema}>;`,
    ]);
  }
  return { typeIn, declarations, byState: writer.declare(pascal(`${machine.name}.contexts`)) };
}
