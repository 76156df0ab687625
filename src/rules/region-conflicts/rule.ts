import type { MachineNode, StateNode, TransitionNode } from '../../model/index.ts';
import { visitStates } from '../../model/visit/index.ts';
import { chartOf, isBelow, type Chart } from '../kit/chart.ts';
import { matches } from '../../core/index.ts';
import type { Finding, Rule } from '../rule.ts';

/** Where one region leaves the parallel state, the others cannot go anywhere on the same event. */
export const regionConflicts: Rule = {
  code: 'MR1320',
  name: 'region-conflicts',
  severity: 'warning',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      const chart = chartOf(machine);
      visitStates(machine, (state) => {
        if (state.type === 'parallel') judge(chart, state, report);
      });
    }
  },
};

/** A transition on an event, in its place. */
interface Going {
  readonly region: StateNode;
  readonly source: StateNode;
  readonly event: string;
  readonly path: string;
  readonly transition: TransitionNode;
  /** Does it leave the parallel state around the regions? */
  readonly leaves: boolean;
}

function judge(chart: Chart, parallel: StateNode, report: (finding: Finding) => void): void {
  const names = eventsOf(chart.machine);
  const goings = parallel.states.flatMap((region) => goingsIn(chart, region));
  const seen = new Set<string>();
  for (const [index, one] of goings.entries()) {
    for (const other of goings.slice(index + 1)) {
      if (one.region === other.region || !(one.leaves || other.leaves)) continue;
      // Guards may exclude each other: that cannot be told from here.
      if (one.transition.guard !== undefined && other.transition.guard !== undefined) continue;
      const event = names.find((name) => matches(one.event, name) && matches(other.event, name));
      const key = `${one.path} ${other.path}`;
      if (event === undefined || seen.has(key)) continue;
      seen.add(key);
      report(finding(chart, parallel, one, other, event));
    }
  }
}

function finding(chart: Chart, parallel: StateNode, one: Going, other: Going, event: string): Finding {
  const leaving = one.leaves ? one : other;
  return {
    message:
      `On '${event}', states '${one.source.name}' and '${other.source.name}' of machine '${chart.machine.name}' would both go, ` +
      `and '${leaving.source.name}' leaves the parallel state '${parallel.name}': only that of '${one.source.name}' is taken, since its region '${one.region.name}' comes first.`,
    hint: `Give both a guard, so that one of them goes; or let '${parallel.name}' itself react to '${event}'.`,
    path: other.path,
    location: other.transition.location,
    related: [{ message: 'this one is taken', location: one.transition.location }],
    context: { ids: [one.source.name, other.source.name], actual: event },
  };
}

/** Every transition on an event in a region that goes somewhere. */
function goingsIn(chart: Chart, region: StateNode): readonly Going[] {
  return [...chart.states.values()]
    .filter((state) => state === region || isBelow(chart, state, region))
    .flatMap((source) =>
      source.on.flatMap(({ event, transitions }) =>
        transitions.flatMap((transition, at) =>
          transition.targets.length === 0
            ? []
            : [
                {
                  region,
                  source,
                  event,
                  path: `${chart.path(source)}.on.${event}.${at}`,
                  transition,
                  leaves: !transition.targets.every((name) => isIn(chart, name, region, source, transition)),
                },
              ],
        ),
      ),
    );
}

/** Does a transition to this state stay in the region? The region itself can only be entered by itself, from inside. */
function isIn(chart: Chart, name: string, region: StateNode, source: StateNode, { internal }: TransitionNode): boolean {
  const target = chart.states.get(name);
  // A name that there is not is another rule's.
  if (target === undefined) return true;
  if (target === region || source === region)
    return internal === true && (target === region || isBelow(chart, target, region)) && source === region;
  return isBelow(chart, target, region);
}

function eventsOf(machine: MachineNode): readonly string[] {
  return [...machine.events.map(({ alias }) => alias), 'error.execution', 'error.communication'];
}
