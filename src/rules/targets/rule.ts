import type { StateNode, TransitionNode } from '../../model/index.ts';
import { transitionGroups, visitStates } from '../../model/visit/index.ts';
import { areOrthogonal, chartOf, type Chart } from '../kit/chart.ts';
import { unknownName } from '../kit/words.ts';
import type { Finding, Rule } from '../rule.ts';

/** A transition goes to states that the machine has; to several only if they can be active together. */
export const targets: Rule = {
  code: 'MR1301',
  name: 'targets',
  severity: 'error',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      const chart = chartOf(machine);
      visitStates(machine, (state) => {
        for (const { path, transitions } of transitionGroups(state)) {
          for (const [index, transition] of transitions.entries()) {
            judge(chart, state, transition, `${chart.path(state)}.${path}.${index}`, report);
          }
        }
      });
    }
  },
};

function judge(
  chart: Chart,
  state: StateNode,
  transition: TransitionNode,
  path: string,
  report: (finding: Finding) => void,
): void {
  const { location } = transition;
  const from = `A transition of state '${state.name}' of machine '${chart.machine.name}'`;
  const found: StateNode[] = [];
  for (const name of transition.targets) {
    const target = chart.states.get(name);
    if (target !== undefined) found.push(target);
    else {
      const names = [...chart.states.keys()];
      report({
        message: `${from} goes to '${name}', but the machine has no such state.`,
        ...unknownName(name, names, 'state'),
        path,
        location,
      });
    }
  }
  for (const [index, one] of found.entries()) {
    const other = found.slice(index + 1).find((each) => !areOrthogonal(chart, one, each));
    if (other === undefined) continue;
    report({
      message: `${from} goes to '${one.name}' and '${other.name}', which cannot be active together.`,
      hint: 'Several targets must lie in different regions of one parallel state.',
      path,
      location,
      context: { ids: [one.name, other.name] },
    });
  }
}
