import type { Location, MachineNode } from '../../model/index.ts';
import { transitionGroups, visitStates } from '../../model/visit/index.ts';

/** Where every transition of a machine stands, by the name that it has in paths: `open.on.orderCancelled[0]`. */
export function transitionPlaces(machine: MachineNode): ReadonlyMap<string, Location> {
  const places = new Map<string, Location>();
  visitStates(machine, (state) => {
    for (const { path, transitions } of transitionGroups(state)) {
      const list = path.replace(/^after\.(\d+)$/, 'after[$1]');
      for (const [index, { location }] of transitions.entries())
        places.set(`${state.name}.${list}[${index}]`, location);
    }
  });
  return places;
}

/** Where in the source that stands which an error of a machine names: `open.on.orderCancelled[0].guard`, `open.entry[0]`. */
export function placeIn(machine: MachineNode, at: string): Location {
  const transitions = transitionPlaces(machine);
  for (let path = at; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
    const found = transitions.get(path);
    if (found !== undefined) return found;
  }
  let place = machine.location;
  visitStates(machine, ({ name, location }) => {
    if (at === name || at.startsWith(`${name}.`)) place = location;
  });
  return place;
}
