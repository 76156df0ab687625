import { visitStates } from '../../model/visit/index.ts';
import { chartOf } from '../kit/chart.ts';
import type { Rule } from '../rule.ts';

/** What a state is, and what it holds, agree. */
export const stateShape: Rule = {
  code: 'MR1312',
  name: 'state-shape',
  severity: 'error',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      visitStates(machine, (state) => {
        const inner = state.states.filter(({ type }) => type !== 'history').length;
        const needs = state.type === 'compound' || state.type === 'parallel';
        if (needs ? inner > 0 : state.type !== 'atomic' || state.states.length === 0) return;
        report({
          message: `State '${state.name}' of machine '${machine.name}' is ${state.type}, but has ${needs ? 'no states' : 'states'} below it.`,
          path: chartOf(machine).path(state),
          location: state.location,
          context: { actual: state.type, ids: [state.name] },
        });
      });
    }
  },
};
