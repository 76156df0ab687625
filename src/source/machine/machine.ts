import type { MachineNode } from '../../model/index.ts';
import { common, described, checkCount, locationOf, optionsOf } from '../define/common.ts';
import type { Definition } from '../define/dsl-call.ts';
import { eventReference, reference } from '../define/reference.ts';
import type { Reading } from '../reading.ts';
import { contextSchema, unreadableSchema } from '../scope/expression.ts';
import { list, literal, members, type Reader } from '../value/readers.ts';
import { names } from './go.ts';
import { states } from './state.ts';

type Aliases = MachineNode['events'];

function aliases(name: Reader<string>): Reader<Aliases> {
  return (reading, site) =>
    members(reading, site, 'an object of definitions')?.flatMap(({ key, value }) => {
      const found = name(reading, value);
      return found === undefined ? [] : [{ alias: key, name: found }];
    });
}

const named = (kind: 'flow' | 'task' | 'machine'): Reader<Aliases> => {
  const one = reference(kind);
  return aliases((reading, site) => one(reading, site)?.name);
};

const readers = {
  key: literal,
  context: contextSchema,
  events: aliases(eventReference),
  creates: list(literal),
  flows: named('flow'),
  tasks: named('task'),
  machines: named('machine'),
  ...common,
};

/** Reads `machine(name, { … }).states(initial, { … })`. */
export function readMachine(reading: Reading, definition: Definition, name: string): MachineNode {
  const {
    key,
    context,
    events = [],
    creates = [],
    flows = [],
    tasks = [],
    machines = [],
    ...rest
  } = optionsOf(reading, definition, name, readers, ['key', 'context', 'events']);
  const aliasesOf = { flow: flows, task: tasks, machine: machines };
  const { module, head, states: statesCall } = definition;
  if (statesCall !== undefined) checkCount(reading, { module, node: statesCall }, 'states', 2);
  const [initial, map] = statesCall?.arguments ?? [];
  return {
    kind: 'machine',
    name,
    ...described(definition, rest),
    key: key ?? '',
    context: context ?? unreadableSchema(head),
    events,
    creates,
    flows,
    tasks,
    machines,
    initial: (initial && names(reading, { module, node: initial })) ?? [],
    states: (map && states(aliasesOf)(reading, { module, node: map })) ?? [],
    location: locationOf(definition),
  };
}
