import type { StateNode } from '../../model/index.ts';
import { transitionGroups, visitStates } from '../../model/visit/index.ts';
import { chartOf, isBelow, type Chart } from '../kit/chart.ts';
import type { Rule } from '../rule.ts';

/** A history state stands in the state whose past it remembers, and says where to go when there is none. */
export const historyStates: Rule = {
  code: 'MR1306',
  name: 'history-states',
  severity: 'error',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      const chart = chartOf(machine);
      visitStates(machine, (state) => {
        const message =
          state.type === 'history'
            ? wrong(chart, state)
            : state.history === undefined
              ? undefined
              : 'says `history` but is none';
        if (message === undefined) return;
        report({
          message: `State '${state.name}' of machine '${machine.name}' ${message}.`,
          path: chart.path(state),
          location: state.location,
          context: { ids: [state.name] },
        });
      });
    }
  },
};

function wrong(chart: Chart, state: StateNode): string | undefined {
  const parent = chart.parents(state).at(-1);
  if (parent === undefined) return 'is a history state, but there is no state around it whose past it could remember';
  if (transitionGroups(state).length > 0 || state.entry.length + state.exit.length + state.run.length > 0) {
    return 'is a history state: nothing happens in it, it only leads to others';
  }
  if (state.states.length > 0) return 'is a history state: nothing can be below it';
  const names = state.initial ?? [];
  if (names.length === 0)
    return 'is a history state and does not say where to go when nothing is remembered: set `initial`';
  const sibling = names.find((name) => parent.states.some((child) => child.name === name && child.type === 'history'));
  if (sibling !== undefined)
    return `is a history state and leads to '${sibling}', which remembers the same state and may know no more`;
  const outside = names.find((name) => {
    const target = chart.states.get(name);
    return target === undefined || target === state || !isBelow(chart, target, parent);
  });
  return outside === undefined
    ? undefined
    : `is a history state and leads to '${outside}', which is not below '${parent.name}'`;
}
