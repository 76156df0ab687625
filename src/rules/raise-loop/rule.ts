import type { ActionNode, MachineNode, StateNode } from '../../model/index.ts';
import { visitActions, visitStates } from '../../model/visit/index.ts';
import { chartOf } from '../kit/chart.ts';
import { isConnected, reachable } from '../kit/reach.ts';
import type { Rule } from '../rule.ts';
import { follow } from './follow.ts';

/** Events that a machine raises itself must come to an end: a circle of them would go round for ever in one step. */
export const raiseLoop: Rule = {
  code: 'MR1321',
  name: 'raise-loop',
  severity: 'error',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      const raised = raisedIn(machine);
      const chart = chartOf(machine);
      if (raised.length === 0 || !isConnected(chart)) continue;
      const live = reachable(chart, machine.initial);
      const reported = new Set<ActionNode>();
      visitStates(machine, (state) => {
        if (state.type !== 'atomic' || !live.has(state)) return;
        for (const event of raised) {
          const circle = follow(chart, state, event);
          const [first] = circle?.raises ?? [];
          if (circle === undefined || first === undefined || circle.raises.some((raise) => reported.has(raise)))
            continue;
          for (const raise of circle.raises) reported.add(raise);
          const way = [...circle.events, circle.events[0] ?? event].map((name) => `'${name}'`).join(' → ');
          report({
            message: `Machine '${machine.name}' never comes to rest once '${event}' comes in state '${state.name}': it raises ${way}, and no guard stops it.`,
            hint: 'Give one of these transitions a guard that stops holding, or `send` the event: others get a turn in between.',
            path: `${chart.path(state)}.on.${event}`,
            location: first.location,
            context: { ids: [state.name], actual: event },
          });
        }
      });
    }
  },
};

/** The events that the machine raises, by the names that it knows them by. */
function raisedIn(machine: MachineNode): readonly string[] {
  const aliases = new Map(machine.events.map(({ alias, name }) => [name, alias]));
  const raised = new Set<string>();
  visitStates(machine, (state: StateNode) =>
    visitActions(state, (action) => {
      if (action.kind === 'raise') raised.add(aliases.get(action.call.target.name) ?? action.call.target.name);
    }),
  );
  return [...raised];
}
