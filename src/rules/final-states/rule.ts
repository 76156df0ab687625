import type { StateNode } from '../../model/index.ts';
import { transitionGroups, visitStates } from '../../model/visit/index.ts';
import { chartOf } from '../kit/chart.ts';
import type { Rule } from '../rule.ts';

/** A final state is an end: nothing leaves it, nothing runs in it, nothing is below it. Only it has an output. */
export const finalStates: Rule = {
  code: 'MR1305',
  name: 'final-states',
  severity: 'error',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      visitStates(machine, (state) => {
        const wrong =
          state.type === 'final'
            ? tooMuch(state)
            : state.output === undefined
              ? undefined
              : 'an output, which only final states have';
        if (wrong === undefined) return;
        report({
          message: `${state.type === 'final' ? 'Final state' : 'State'} '${state.name}' of machine '${machine.name}' has ${wrong}.`,
          hint:
            state.type === 'final'
              ? 'Take it away, or make the state an ordinary one.'
              : 'Set `final: true`, or keep the value in the context.',
          path: chartOf(machine).path(state),
          location: state.location,
          context: { ids: [state.name] },
        });
      });
    }
  },
};

function tooMuch(state: StateNode): string | undefined {
  if (state.states.length > 0) return 'states below it';
  if (state.run.length > 0) return 'something to run';
  return transitionGroups(state).length > 0 ? 'transitions' : undefined;
}
