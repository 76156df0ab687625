import { ts } from '../syntax/typescript.js';
import type { MachineNode } from '../../model/index.ts';
import { common, described, checkCount, locationOf, optionsOf } from '../define/common.ts';
import { definitionBehind, type Definition } from '../define/dsl-call.ts';
import { eventReference, reference } from '../define/reference.ts';
import type { Reading } from '../reading.ts';
import { checkAskedStates } from '../scope/asked-states.ts';
import { contextSchema, unreadableSchema } from '../scope/expression.ts';
import { checkField, payloadKeys, schemaKeys } from '../scope/schema-keys.ts';
import { textOf } from '../syntax/location.ts';
import type { Site } from '../syntax/module.ts';
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

/** Keeps the fields of the context in mind for what is assigned to it. */
const context: Reader<MachineNode['context']> = (reading, site) => {
  reading.contextKeys = schemaKeys(reading, site);
  return contextSchema(reading, site);
};

const readers = {
  key: literal,
  context,
  events: aliases(eventReference),
  creates: list(literal),
  flows: named('flow'),
  tasks: named('task'),
  machines: named('machine'),
  ...common,
};

/** Reads `machine(name, { … }).states(initial, { … })`. */
export function readMachine(reading: Reading, definition: Definition, name: string): MachineNode {
  reading.contextKeys = undefined;
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
  if (key !== undefined) checkKey(reading, definition, key);
  const inner = (map && statesOf(reading, { module, node: map }, name, aliasesOf)) ?? [];
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
    states: inner,
    location: locationOf(definition),
  };
}

/** The states; what they ask about one another is checked when all are known. */
function statesOf(
  reading: Reading,
  site: Site<ts.Expression>,
  name: string,
  known: Parameters<typeof states>[0],
): MachineNode['states'] | undefined {
  const before = reading.diagnostics.length;
  reading.askedStates = [];
  const found = states(known)(reading, site);
  // What could not be read may be a state.
  const isWhole = reading.diagnostics.slice(before).every(({ code }) => code === 'MR1125');
  if (found !== undefined && isWhole) checkAskedStates(reading, name, namesIn(found));
  reading.askedStates = undefined;
  return found;
}

function namesIn(states: MachineNode['states']): readonly string[] {
  return states.flatMap((state) => [state.name, ...namesIn(state.states)]);
}

/** The key is a field of every event. */
function checkKey(reading: Reading, { head }: Definition, key: string): void {
  const { module, node } = head;
  const given = node.arguments[1];
  if (given === undefined || !ts.isObjectLiteralExpression(given)) return;
  const option = (name: string): ts.PropertyAssignment | undefined =>
    given.properties.find(
      (member): member is ts.PropertyAssignment =>
        ts.isPropertyAssignment(member) && 'text' in member.name && member.name.text === name,
    );
  const events = option('events')?.initializer;
  const at = option('key')?.initializer;
  if (events === undefined || at === undefined || !ts.isObjectLiteralExpression(events)) return;
  const without: { readonly event: string; readonly keys: ReadonlySet<string> }[] = [];
  for (const member of events.properties) {
    const value = ts.isPropertyAssignment(member)
      ? member.initializer
      : ts.isShorthandPropertyAssignment(member)
        ? member.name
        : undefined;
    const event = value && definitionBehind(reading, { module, node: value });
    const keys = event && payloadKeys(reading, event);
    if (keys === undefined || keys.has(key)) continue;
    without.push({ event: `'${textOf({ module, node: value as ts.Expression })}'`, keys });
  }
  // The key is one mistake, however many events there are.
  const [first, ...others] = without;
  if (first === undefined) return;
  const shared = new Set([...first.keys].filter((each) => others.every(({ keys }) => keys.has(each))));
  const names = without.map(({ event }) => event);
  checkField(reading, { module, node: at }, key, shared, `The payload of ${names.join(' and of ')}`);
}
