import type { StateNode } from '../../model/index.ts';
import { transitionGroups, visitStates } from '../../model/visit/index.ts';
import { chartOf } from '../kit/chart.ts';
import type { Rule } from '../rule.ts';

/**
 * A final state is an end: nothing leaves it, nothing runs in it, nothing is below it. Only it has an output. It ends
 * the state around it, so that a parallel state, which ends when its regions do, has none of its own.
 */
export const finalStates: Rule = {
  code: 'MR1305',
  name: 'final-states',
  severity: 'error',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      const chart = chartOf(machine);
      visitStates(machine, (state) => {
        const wrong = state.type === 'final' ? inFinal(state, chart.parents(state).at(-1)) : inOther(state);
        if (wrong === undefined) return;
        report({
          message: `${state.type === 'final' ? 'Final state' : 'State'} '${state.name}' of machine '${machine.name}' ${wrong.message}.`,
          hint: wrong.hint,
          path: chart.path(state),
          location: state.location,
          context: { ids: [state.name] },
        });
      });
    }
  },
};

interface Wrong {
  readonly message: string;
  readonly hint: string;
}

function inOther({ output }: StateNode): Wrong | undefined {
  if (output === undefined) return undefined;
  return {
    message: 'has an output, which only final states have',
    hint: 'Set `final: true`, or keep the value in the context.',
  };
}

function inFinal(state: StateNode, parent: StateNode | undefined): Wrong | undefined {
  const more = tooMuch(state);
  if (more !== undefined) return { message: `has ${more}`, hint: 'Take it away, or make the state an ordinary one.' };
  if (parent?.type !== 'parallel') return undefined;
  return {
    message: `lies right below the parallel state '${parent.name}'`,
    hint: 'Put a state around it, which is then the region that it ends.',
  };
}

function tooMuch(state: StateNode): string | undefined {
  if (state.states.length > 0) return 'states below it';
  if (state.run.length > 0) return 'something to run';
  return transitionGroups(state).length > 0 ? 'transitions' : undefined;
}
