import { visitStates } from '../../model/visit/index.ts';
import { chartOf } from '../kit/chart.ts';
import { isConnected, reachable, saysInitials } from '../kit/reach.ts';
import type { Rule } from '../rule.ts';

/** Every state can be reached from the first one. */
export const unreachable: Rule = {
  code: 'MR1307',
  name: 'unreachable',
  severity: 'warning',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      const chart = chartOf(machine);
      // A misspelt target and a missing `initial` are other rules': until they are mended, this would be noise.
      if (!isConnected(chart) || !saysInitials(chart)) continue;
      const found = reachable(chart, machine.initial);
      visitStates(machine, (state, { parents }) => {
        if (found.has(state) || parents.some((parent) => !found.has(parent))) return;
        report({
          message: `No transition leads to state '${state.name}' of machine '${machine.name}'.`,
          hint: state.states.length > 0 ? 'Nor to those below it.' : 'Add a transition to it, or take it away.',
          path: chart.path(state),
          location: state.location,
          context: { ids: [state.name] },
        });
      });
    }
  },
};
