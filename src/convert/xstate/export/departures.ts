import type { StateNode } from '../../../model/index.ts';
import { transitionGroups } from '../../../model/visit/index.ts';
import type { Exporting, Place } from './exporting.ts';
import { covers } from './transitions.ts';

/** Says where XState, with the same configuration, does something else than the Recommendation demands. */
export function reportDepartures(to: Exporting): void {
  for (const place of to.places.values()) {
    if (place.state.type === 'parallel') reportAround(to, place);
    reportCrossings(to, place);
  }
}

/** A state around regions is asked for each region that does not handle the event; there only when none does. */
function reportAround(to: Exporting, place: Place): void {
  const { state } = place;
  const around = [state, ...ancestors(place)];
  const aliases = to.machine.events.map(({ alias }) => alias);
  const listens = ({ on }: StateNode, alias: string): boolean => on.some(({ event }) => covers(event, alias));
  const inside = [...to.places.values()].filter((each) => ancestors(each).includes(state));
  const shared = aliases.filter(
    (alias) => around.some((each) => listens(each, alias)) && inside.some((each) => listens(each.state, alias)),
  );
  if (shared.length === 0) return;
  const events = shared.map((alias) => `'${alias}'`).join(', ');
  const message = `When one region of '${state.name}' handles ${events}, XState does not ask the states around the others.`;
  to.report('MR1746', 'info', state.location, message, 'Handle the event in each region, or only around them.');
}

/** From one region to another the parallel state around both is left and entered; there it stays. */
function reportCrossings(to: Exporting, place: Place): void {
  for (const { transitions } of transitionGroups(place.state)) {
    for (const { targets, location } of transitions) {
      const shared = targets.map((name) => sharedState(place, to.places.get(name)));
      const parallel = shared.find((state) => state?.type === 'parallel' && state !== place.state);
      if (parallel === undefined) continue;
      const message = `Going from one region of '${parallel.name}' to another, XState does not leave '${parallel.name}'.`;
      to.report('MR1746', 'info', location, message, `It matters when '${parallel.name}' has entry or exit actions.`);
    }
  }
}

/** The innermost state around both. */
function sharedState(one: Place, other: Place | undefined): StateNode | undefined {
  const around = ancestors(one);
  return other === undefined ? undefined : ancestors(other).find((state) => around.includes(state));
}

/** The states around one, inner first. */
function ancestors({ parent }: Place): readonly StateNode[] {
  return parent === undefined ? [] : [parent.state, ...ancestors(parent)];
}
