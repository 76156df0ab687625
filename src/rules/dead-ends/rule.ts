import type { StateNode } from '../../model/index.ts';
import { transitionGroups, visitStates } from '../../model/visit/index.ts';
import { chartOf, isBelow, type Chart } from '../kit/chart.ts';
import { isConnected, reachable, saysInitials, targetsFrom } from '../kit/reach.ts';
import type { Finding, Rule } from '../rule.ts';

/** From every state something goes on, and where a machine has an end, every state can come to one. */
export const deadEnds: Rule = {
  code: 'MR1308',
  name: 'dead-ends',
  severity: 'warning',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      const chart = chartOf(machine);
      if (!isConnected(chart) || !saysInitials(chart)) continue;
      const live = reachable(chart, machine.initial);
      const ends = machine.states.filter(({ type }) => type === 'final');
      visitStates(machine, (state) => {
        if (state.type !== 'atomic' || !live.has(state)) return;
        const found = judge(chart, state, ends);
        if (found !== undefined)
          report({ ...found, path: chart.path(state), location: state.location, context: { ids: [state.name] } });
      });
    }
  },
};

function judge(
  chart: Chart,
  state: StateNode,
  ends: readonly StateNode[],
): Pick<Finding, 'message' | 'hint'> | undefined {
  const name = `State '${state.name}' of machine '${chart.machine.name}'`;
  if (!reacts(chart, state)) {
    return {
      message: `${name} is a dead end: no transition leaves it.`,
      hint: 'If the machine ends there, say `final: true`.',
    };
  }
  if (ends.length === 0) return undefined;
  const later = reachable(chart, targetsFrom(chart, state));
  if (ends.some((end) => later.has(end))) return undefined;
  return {
    message: `${name} can never come to a final state.`,
    hint: `Final are: ${ends.map((end) => `'${end.name}'`).join(', ')}.`,
  };
}

/** Does the state, one around it, or a neighbour in a parallel state react to anything? */
function reacts(chart: Chart, state: StateNode): boolean {
  const parents = chart.parents(state);
  if ([state, ...parents].some((each) => transitionGroups(each).length > 0)) return true;
  return parents.some(
    (parent) =>
      parent.type === 'parallel' &&
      [...chart.states.values()].some((other) => isBelow(chart, other, parent) && transitionGroups(other).length > 0),
  );
}
