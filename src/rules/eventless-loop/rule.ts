import type { StateNode, TransitionNode } from '../../model/index.ts';
import { visitStates } from '../../model/visit/index.ts';
import { chartOf, isBelow, type Chart } from '../kit/chart.ts';
import { findCycle } from '../kit/cycle.ts';
import { entered } from '../kit/reach.ts';
import type { Rule } from '../rule.ts';

/** `always` without a guard must come to rest: a circle of them would go round for ever in one step. */
export const eventlessLoop: Rule = {
  code: 'MR1309',
  name: 'eventless-loop',
  severity: 'error',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      const chart = chartOf(machine);
      const next = (name: string): readonly string[] => takenNext(chart, name);
      const reported = new Set<string>();
      visitStates(machine, (state) => {
        const taken = certain(state);
        const cycle = taken === undefined ? undefined : findCycle(state.name, next);
        if (taken === undefined || cycle === undefined || cycle.some((name) => reported.has(name))) return;
        for (const name of cycle) reported.add(name);
        report({
          message: `Machine '${machine.name}' never comes to rest: \`always\` goes ${cycle.map((name) => `'${name}'`).join(' → ')} without a guard.`,
          hint: 'Give one of these transitions a guard, or let an event trigger it.',
          path: `${chart.path(state)}.always`,
          location: taken.location,
          context: { ids: [...new Set(cycle)] },
        });
      });
    }
  },
};

/** The eventless transition that is taken whenever the state is looked at: one with a guard before it may lead out. */
function certain(state: StateNode): TransitionNode | undefined {
  const [first] = state.always;
  return first?.guard === undefined ? first : undefined;
}

/** The states whose `always` is taken next, once that of a state has been. */
function takenNext(chart: Chart, name: string): readonly string[] {
  const state = chart.states.get(name);
  const taken = state === undefined ? undefined : certain(state);
  if (state === undefined || taken === undefined) return [];
  // Without a target the machine stays, and looks again.
  if (taken.targets.length === 0) return [name];
  // What is around source and targets stays as it is, and so do the other regions.
  const aims = taken.targets.flatMap((target) => chart.states.get(target) ?? []);
  const domain = chart
    .parents(state)
    .findLast(
      ({ type }, index, all) =>
        type !== 'parallel' && aims.every((aim) => isBelow(chart, aim, all[index] as StateNode)),
    );
  const active = [...entered(chart, taken.targets)].filter(
    (each) => certain(each) !== undefined && (domain === undefined || isBelow(chart, each, domain)),
  );
  // A state is asked before those around it.
  return active.filter((each) => !active.some((other) => isBelow(chart, other, each))).map((each) => each.name);
}
