import type { MachineNode, StateNode, TransitionNode } from 'millrace/model';

/** A machine with one thing wrong in it. */
export interface Mutant {
  /** Such as `open.on.orderCancelled[0]: goes to 'closed' instead of 'refunding'`. */
  readonly what: string;
  readonly machine: MachineNode;
}

/** Every machine that differs from this one in the target or the guard of a single transition, or lacks its actions. */
export function mutantsOf(machine: MachineNode): readonly Mutant[] {
  const leaves = leavesOf(machine.states);
  const mutants: Mutant[] = [];
  const lists = (state: StateNode): readonly (readonly [string, readonly TransitionNode[], Put])[] => [
    ...state.on.map((each, at): readonly [string, readonly TransitionNode[], Put] => [
      `on.${each.event}`,
      each.transitions,
      (transitions) => ({ ...state, on: state.on.with(at, { ...each, transitions }) }),
    ]),
    ['always', state.always, (always) => ({ ...state, always })],
    ...state.after.map((each, at): readonly [string, readonly TransitionNode[], Put] => [
      `after[${at}]`,
      each.transitions,
      (transitions) => ({ ...state, after: state.after.with(at, { ...each, transitions }) }),
    ]),
    ...state.run.flatMap((each, at) =>
      (['onDone', 'onError'] as const).map((key): readonly [string, readonly TransitionNode[], Put] => [
        `run.${each.id}.${key}`,
        each[key],
        (transitions) => ({ ...state, run: state.run.with(at, { ...each, [key]: transitions }) }),
      ]),
    ),
    ['onDone', state.onDone, (onDone) => ({ ...state, onDone })],
  ];
  const visit = (states: readonly StateNode[], put: (states: readonly StateNode[]) => MachineNode): void => {
    for (const [at, state] of states.entries()) {
      for (const [place, transitions, change] of lists(state)) {
        for (const [index, transition] of transitions.entries()) {
          for (const [how, other] of wrong(transition, leaves)) {
            const what = `${state.name}.${place}[${index}]: ${how}`;
            const changed = other === undefined ? transitions.toSpliced(index, 1) : transitions.with(index, other);
            mutants.push({ what, machine: put(states.with(at, change(changed))) });
          }
        }
      }
      visit(state.states, (below) => put(states.with(at, { ...state, states: below })));
    }
  };
  visit(machine.states, (states) => ({ ...machine, states }));
  return mutants;
}

type Put = (transitions: readonly TransitionNode[]) => StateNode;

/** Everything that can be wrong with one transition. Undefined: it is missing. */
function* wrong(
  transition: TransitionNode,
  leaves: readonly string[],
): Generator<readonly [string, TransitionNode | undefined]> {
  const { targets, guard, actions } = transition;
  yield ['is missing', undefined];
  for (const leaf of leaves) {
    if (targets.length === 1 && targets[0] === leaf) continue;
    const instead = targets.length === 0 ? 'staying' : targets.join(' and ');
    yield [`goes to ${leaf} instead of ${instead}`, { ...transition, targets: [leaf] }];
  }
  if (targets.length > 0) yield ['stays', { ...transition, targets: [] }];
  if (actions.length > 0) yield ['does nothing', { ...transition, actions: [] }];
  if (guard === undefined) return;
  const constant = (body: string): typeof guard => ({
    ...guard,
    text: `() => ${body}`,
    uses: [],
    lambda: { parameter: '', reads: [], body, block: false },
  });
  yield ['has a guard that always holds', { ...transition, guard: constant('true') }];
  yield ['has a guard that never holds', { ...transition, guard: constant('false') }];
}

function leavesOf(states: readonly StateNode[]): readonly string[] {
  return states.flatMap((state) =>
    state.states.length > 0 ? leavesOf(state.states) : state.type === 'history' ? [] : [state.name],
  );
}
