/** One function per event, a `switch` over the active leaf, inherited transitions flattened, those of the child first. */
import { matches } from './descriptors.ts';
import { block, hard, indent, join, type Doc } from '../text/doc.ts';
import { camelCase, lineComment, quote } from '../text/names.ts';
import { pascal } from './pascal.ts';
import { addFunction, type Printer } from './printer.ts';
import { describe, isCertain, printGroup } from './transitions.ts';
import { lineage, type Group, type State } from './tree.ts';

/** An event that some state names, or all those that only patterns cover. */
interface Handler {
  /** The name of the event; nothing for eventless transitions, `*` for whatever no state names. */
  readonly event: string | undefined;
  /** What is tried in which leaves. */
  readonly cases: readonly { readonly leaves: readonly State[]; readonly groups: readonly Group[] }[];
}

/** A printed handler: how it is called. */
export interface PrintedHandler {
  readonly event: string | undefined;
  readonly name: string;
  /** Does it read the registers? */
  readonly readsCell: boolean;
  /** The type of the payload, when it is read. */
  readonly payloadType: string | undefined;
}

const isPattern = ({ descriptor }: Group): boolean => descriptor?.endsWith('*') === true;

/** Prints the function of every event that the machine reacts to. */
export function printHandlers(printer: Printer): readonly PrintedHandler[] {
  const { groups } = printer.tree;
  const exact = groups.flatMap(({ descriptor }) =>
    descriptor === undefined || descriptor.endsWith('*') ? [] : [descriptor],
  );
  const events: (string | undefined)[] = [...new Set(exact)];
  if (groups.some(({ descriptor }) => descriptor === undefined)) events.push(undefined);
  if (groups.some(isPattern)) events.push('*');
  const handlers = events.map((event) => handlerOf(printer, event)).filter(({ cases }) => cases.length > 0);
  const uses = new Map<Group, number>();
  for (const { cases } of handlers)
    for (const { groups: tried } of cases) for (const group of tried) uses.set(group, (uses.get(group) ?? 0) + 1);
  const shared = sharedGroups(printer, uses);
  return handlers.map((handler) => printHandler(printer, handler, shared));
}

function handlerOf(printer: Printer, event: string | undefined): Handler {
  const hears = (group: Group): boolean => {
    if (event === undefined || group.descriptor === undefined) return event === group.descriptor;
    return event === '*' ? isPattern(group) : matches(group.descriptor, event);
  };
  const cases = new Map<string, { leaves: State[]; groups: readonly Group[] }>();
  for (const leaf of printer.tree.leaves) {
    // In a final state of its own the machine has stopped.
    if (leaf.node.type === 'final' && leaf.parent === undefined) continue;
    const tried = lineage(leaf)
      .toReversed()
      .flatMap((source) => printer.tree.groups.filter((group) => group.source === source && hears(group)));
    const end = event === '*' ? -1 : tried.findIndex(isCertain);
    const groups = end < 0 ? tried : tried.slice(0, end + 1);
    if (groups.length === 0) continue;
    const key = groups.map((group) => printer.tree.groups.indexOf(group)).join();
    const known = cases.get(key);
    if (known === undefined) cases.set(key, { leaves: [leaf], groups });
    else known.leaves.push(leaf);
  }
  return { event, cases: [...cases.values()] };
}

type Shared = ReadonlyMap<
  Group,
  { readonly name: string; readonly readsPayload: boolean; readonly readsCell: boolean }
>;

/** Groups that several places try become functions, so that code grows with the states and not with their depth. */
function sharedGroups(printer: Printer, uses: ReadonlyMap<Group, number>): Shared {
  const shared = new Map<Group, { name: string; readsPayload: boolean; readsCell: boolean }>();
  for (const [group, count] of uses) {
    if (count < 2 && !isPattern(group)) continue;
    const { statements, readsPayload, readsCell } = printGroup(printer, group);
    const name = addFunction(printer, camelCase(group.label), describe(group), () => ({
      parameters: [
        ...(readsCell ? [printer.parameter] : []),
        ...(readsPayload ? [`${group.payload}: ${printer.types.group(group)}`] : []),
      ],
      result: printer.regions === undefined ? 'boolean' : 'number',
      body: [...statements, ...(isCertain(group) ? [] : [`return ${nothing(printer)};`])],
    }));
    shared.set(group, { name, readsPayload, readsCell });
  }
  return shared;
}

function printHandler(printer: Printer, { event, cases }: Handler, shared: Shared): PrintedHandler {
  const { cell } = printer.local;
  const all = [...cases.flatMap(({ groups }) => groups), ...printer.tree.groups];
  const named = all.find((group) => (event === '*' ? isPattern(group) : group.descriptor === event)) as Group;
  const parameter = named.payload ?? printer.local.payload;
  let readsPayload = false;
  let readsCell = printer.regions === undefined;
  const printed = cases.map(({ leaves, groups }): Doc => {
    const statements: Doc[] = [];
    for (const [index, group] of groups.entries()) {
      const isLast = index === groups.length - 1;
      const known = shared.get(group);
      if (known === undefined) {
        const inline = printGroup(printer, group);
        readsPayload ||= inline.readsPayload;
        readsCell ||= inline.readsCell;
        // One event under two names: `output` in the onDone of one state, `event` in the `on` of another.
        const renamed = inline.readsPayload && group.payload !== undefined && group.payload !== parameter;
        if (renamed) statements.push(block([`const ${group.payload} = ${parameter};`, ...inline.statements]));
        else statements.push(...inline.statements);
        if (isLast && !isCertain(group)) statements.push(`return ${nothing(printer)};`);
        continue;
      }
      readsPayload ||= known.readsPayload;
      readsCell ||= known.readsCell;
      const given = [
        ...(known.readsCell ? [cell] : []),
        ...(known.readsPayload ? [argument(printer, event, group, parameter)] : []),
      ];
      const tried = `${known.name}(${given.join(', ')})`;
      const covered =
        event === '*'
          ? `${printer.writer.import('millrace/machine', 'matches')}(${quote(group.descriptor ?? '')}, ${printer.local.name})`
          : '';
      statements.push(...tryGroup(printer, tried, covered, isLast));
    }
    return [
      join(
        leaves.map(({ number, name }) => `case ${number}: ${lineComment(name)}`),
        hard,
      ),
      indent([hard, join(statements, hard)]),
    ];
  });
  const payloadType = !readsPayload ? undefined : event === '*' ? 'unknown' : printer.types.group(named);
  const [label, about] = titles(event);
  const name = addFunction(printer, label, about, () => ({
    parameters: [
      ...(readsCell ? [printer.parameter] : []),
      ...(printer.regions === undefined ? [] : [`${printer.local.state}: number`]),
      ...(event === '*' ? [`${printer.local.name}: string`] : []),
      ...(payloadType === undefined ? [] : [`${parameter}: ${payloadType}`]),
    ],
    result: printer.regions === undefined ? 'boolean' : 'number',
    body: [
      [
        `switch (${printer.regions === undefined ? `${cell}.state` : printer.local.state}) `,
        block([...printed, ['default:', indent([hard, `return ${nothing(printer)};`])]]),
      ],
    ],
  }));
  return { event, name, readsCell, payloadType };
}

/** What is returned when no transition is enabled: with regions transitions are told by number. */
const nothing = ({ regions }: Printer): string => (regions === undefined ? 'false' : '-1');

function tryGroup(
  { regions, local: { found } }: Printer,
  tried: string,
  covered: string,
  isLast: boolean,
): readonly Doc[] {
  if (regions === undefined) {
    const both = covered === '' ? tried : `${covered} && ${tried}`;
    return [isLast ? `return ${both};` : `if (${both}) return true;`];
  }
  const number = covered === '' ? tried : `${covered} ? ${tried} : -1`;
  return isLast
    ? [`return ${number};`]
    : [block([`const ${found} = ${number};`, `if (${found} !== -1) return ${found};`])];
}

/** The payload as the function of a group takes it: what a pattern covers is only known at run time. */
function argument(printer: Printer, event: string | undefined, group: Group, parameter: string): string {
  if (!isPattern(group)) return parameter;
  if (event === '*') return `${parameter} as ${printer.types.group(group)}`.replace(/ as unknown$/, '');
  return printer.machine.events.some(({ alias }) => alias === event) ? parameter : `${parameter} as never`;
}

function titles(event: string | undefined): readonly [string, string] {
  if (event === undefined) return ['always', 'Transitions that need no event.'];
  if (event === '*') return ['onOther', 'Events that no state names.'];
  const work = /^(done|error)\.run\.(.*)$/s.exec(event);
  if (work !== null) return [`on${pascal(`${work[2]}.${work[1] === 'done' ? 'done' : 'failed'}`)}`, event];
  return [`on${pascal(event)}`, event];
}
