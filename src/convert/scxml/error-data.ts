import { quote } from '../../model/text/names.ts';
import { transitionGroups, visitActions, visitStates, type MachineNode } from '../../model/index.ts';
import type { Chart } from './chart.ts';
import { scoped } from './ecmascript/value.ts';
import type { EventView } from './event-view.ts';
import { walk } from './xml.ts';

/** Where the table of places goes, once all places are known. */
const table = '"places of errors"';

/**
 * Documents for SCION read the `tagname`, `line`, `column` and `reason` of an error. The machine says where an error
 * happened by the path of the action; this is what stands at these paths in the document.
 */
export function withErrorData(view: EventView, payload: 'event' | 'output'): EventView {
  const error = scoped(payload);
  const data = `({ ...${error}, reason: ${error}.message, ...(${table})[${error}.details?.at] })`;
  return { whole: view.whole, field: (name) => (name === 'data' ? data : view.field(name)) };
}

/** The machine with its table of places, when something asks for it. */
export function fillPlaces(machine: MachineNode, { root }: Chart): MachineNode {
  const text = JSON.stringify(machine.states);
  const marked = JSON.stringify(table).slice(1, -1);
  if (!text.includes(marked)) return machine;
  const tags = new Map([...walk(root)].map(({ line, column, name }) => [`${line}:${column}`, name]));
  const places: string[] = [];
  const add = (path: string, { line, column }: { readonly line: number; readonly column: number }): void => {
    const tag = tags.get(`${line}:${column}`);
    const at = path.replaceAll(/\.(\d+)(?=\.|$)/g, '[$1]');
    if (tag !== undefined) places.push(`${quote(at)}: { tagname: ${quote(tag)}, line: ${line}, column: ${column} }`);
  };
  visitStates(machine, (state) => {
    visitActions(state, ({ kind, location }, path) => {
      const part = kind === 'when' ? '.condition' : kind === 'forEach' ? '.over' : '';
      add(`${state.name}.${path}${part}`, location);
    });
    for (const { path, transitions } of transitionGroups(state))
      for (const [index, { location }] of transitions.entries()) add(`${state.name}.${path}.${index}.guard`, location);
  });
  const filled = text.replaceAll(marked, () => JSON.stringify(`{ ${places.join(', ')} }`).slice(1, -1));
  return { ...machine, states: JSON.parse(filled) as MachineNode['states'] };
}
