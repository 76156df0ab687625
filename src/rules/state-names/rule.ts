import type { StateNode } from '../../model/index.ts';
import { visitStates } from '../../model/visit/index.ts';
import { chartOf } from '../kit/chart.ts';
import type { Rule } from '../rule.ts';

/** The names of states are unique in a machine, at all depths: a target is just a name. */
export const stateNames: Rule = {
  code: 'MR1303',
  name: 'state-names',
  severity: 'error',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      const first = new Map<string, StateNode>();
      visitStates(machine, (state) => {
        const other = first.get(state.name);
        if (other === undefined) {
          first.set(state.name, state);
          return;
        }
        report({
          message: `Machine '${machine.name}' has two states '${state.name}'.`,
          hint: 'State names are unique in a machine, however deep they stand.',
          path: chartOf(machine).path(state),
          location: state.location,
          related: [{ message: 'the other one', location: other.location }],
          context: { actual: state.name, ids: [state.name] },
        });
      });
    }
  },
};
