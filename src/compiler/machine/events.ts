/** One function per event, a `switch` over the register of each region, inherited transitions flattened, child first. */
import { block, hard, indent, join, print, type Doc } from '../../model/text/doc.ts';
import { camelCase, lineComment, quote } from '../../model/text/names.ts';
import { askedOnce, handlersOf, isPattern, isSelected, type Asker, type Case, type Handler } from './handlers.ts';
import { pascal } from './pascal.ts';
import { printPhases } from './phases.ts';
import { addFunction, type Printer } from './printer.ts';
import { onlyNumber, printGroup, type Leave } from './groups.ts';
import { describe, isCertain, titleOf } from './transitions.ts';
import type { Group, State } from './tree.ts';

/** A printed handler: how it is called. */
export interface PrintedHandler {
  readonly event: string | undefined;
  readonly name: string;
  /** The type of the payload, when it is read. */
  readonly payloadType: string | undefined;
}

/** Prints the function of every event that the machine reacts to. */
export function printHandlers(printer: Printer): readonly PrintedHandler[] {
  const handlers = handlersOf(printer);
  for (const transition of askedOnce(handlers)) printer.asked.add(transition);
  const shared = sharedGroups(printer, handlers);
  return handlers.map((handler) => printHandler(printer, handler, shared));
}

interface SharedGroup {
  readonly name: string;
  readonly readsPayload: boolean;
  readonly readsCell: boolean;
}
type Shared = ReadonlyMap<string, SharedGroup>;

const keyOf = (printer: Printer, group: Group, selects: boolean): string =>
  `${selects ? 'select' : 'take'} ${printer.tree.groups.indexOf(group)}`;

/** The group that gives the payload of a handler its name. */
function namesake(printer: Printer, { event, askers }: Handler): Group {
  const all = [...askers.flatMap(({ cases }) => cases.flatMap(({ groups }) => groups)), ...printer.tree.groups];
  return all.find((group) => (event === '*' ? isPattern(group) : group.descriptor === event)) as Group;
}

/** Groups that several places try become functions, so that code grows with the states and not with their depth. */
function sharedGroups(printer: Printer, handlers: readonly Handler[]): Shared {
  const uses = new Map<string, { readonly group: Group; readonly selects: boolean; count: number }>();
  for (const handler of handlers) {
    const { payload } = namesake(printer, handler);
    for (const each of handler.askers.flatMap(({ cases }) => cases)) {
      for (const group of each.groups) {
        const selects = isSelected(handler, each);
        const key = keyOf(printer, group, selects);
        const use = uses.get(key) ?? { group, selects, count: 0 };
        // One that knows its payload by another name, or under another type, stands apart.
        use.count += isPattern(group) || group.payload !== payload ? 2 : 1;
        uses.set(key, use);
      }
    }
  }
  const shared = new Map<string, SharedGroup>();
  for (const [key, { group, selects, count }] of uses) {
    if (count < 2 || (selects && onlyNumber(printer, group) !== undefined)) continue;
    const leave: Leave = selects
      ? { kind: 'select', found: (number, title) => [`return ${number}; ${lineComment(title)}`] }
      : { kind: 'take', taken: ['return true;'] };
    const { statements, readsPayload, readsCell } = printGroup(printer, group, leave);
    const label = camelCase(selects ? `select.${group.label}` : group.label);
    const name = addFunction(printer, label, describe(group), () => ({
      parameters: [
        ...(readsCell ? [printer.parameter] : []),
        ...(readsPayload ? [`${group.payload}: ${printer.types.group(group)}`] : []),
      ],
      result: selects ? 'number' : 'boolean',
      body: [...statements, ...(isCertain(group) ? [] : [selects ? 'return -1;' : 'return false;'])],
    }));
    shared.set(key, { name, readsPayload, readsCell });
  }
  return shared;
}

function printHandler(printer: Printer, handler: Handler, shared: Shared): PrintedHandler {
  const { event, askers, form } = handler;
  const { taken, name: eventName, selected } = printer.local;
  const named = namesake(printer, handler);
  const parameter = named.payload ?? printer.local.payload;
  let readsPayload = false;
  const [label, about] = titles(event);
  const several = form !== 'alone';
  const switches = askers.map((asker, index) =>
    printAsker(printer, handler, shared, asker, {
      parameter,
      isLast: index === askers.length - 1,
      reads: () => (readsPayload = true),
    }),
  );
  const phases =
    form === 'phases' || form === 'conflicts' ? printPhases(printer, handler, label, parameter) : undefined;
  readsPayload ||= phases?.readsPayload === true;
  const payloadType = !readsPayload ? undefined : event === '*' ? 'unknown' : printer.types.group(named);
  const before = !several
    ? []
    : form === 'fused'
      ? [`let ${taken} = false;`]
      : [
          ...(phases?.before ?? []),
          ...askers.flatMap(({ region, cases }) =>
            cases.every(({ alone }) => alone) ? [] : [`let ${selected[region.index]} = -1;`],
          ),
        ];
  const after = form === 'fused' ? [`return ${taken};`] : (phases?.after ?? []);
  const name = addFunction(printer, label, about, () => ({
    parameters: [
      printer.parameter,
      ...(event === '*' ? [`${eventName}: string`] : []),
      ...(payloadType === undefined ? [] : [`${parameter}: ${payloadType}`]),
    ],
    result: 'boolean',
    body: [...before, ...switches, ...after],
  }));
  return { event, name, payloadType };
}

function printAsker(
  printer: Printer,
  handler: Handler,
  shared: Shared,
  { region, cases }: Asker,
  around: { readonly parameter: string; readonly isLast: boolean; readonly reads: () => void },
): Doc {
  // What does the same stands there once: transitions of different states may say the same.
  const bodies = new Map<string, { readonly states: State[]; readonly body: Doc }>();
  for (const each of cases) {
    const body = join(printCase(printer, handler, shared, region.index, each, around), hard);
    const same = bodies.get(print(body));
    if (same === undefined) bodies.set(print(body), { states: [...each.states], body });
    else same.states.push(...each.states);
  }
  const printed = [...bodies.values()].map(({ states, body }): Doc => {
    const labels = states
      .sort((a, b) => a.number - b.number)
      .map(({ number, name }) => `case ${number}: ${lineComment(name)}`);
    return [join(labels, hard), indent([hard, body])];
  });
  const ends = around.isLast && handler.form === 'alone';
  const last: Doc = ends ? ['default:', indent([hard, 'return false;'])] : 'default:';
  return [`switch (${printer.local.cell}.${region.register}) `, block([...printed, last])];
}

function printCase(
  printer: Printer,
  handler: Handler,
  shared: Shared,
  region: number,
  each: Case,
  { parameter, reads }: { readonly parameter: string; readonly reads: () => void },
): readonly Doc[] {
  const { event, form } = handler;
  const { cell, taken, selected } = printer.local;
  const selects = isSelected(handler, each);
  const chosen = selected[region] ?? '';
  const leave: Leave = selects
    ? { kind: 'select', found: (number, title) => [`${chosen} = ${number}; ${lineComment(title)}`, 'break;'] }
    : { kind: 'take', taken: each.alone || form === 'alone' ? ['return true;'] : [`${taken} = true;`, 'break;'] };
  const returns = leave.kind === 'take' && leave.taken.length === 1;
  const statements: Doc[] = [];
  for (const [index, group] of each.groups.entries()) {
    const isLast = index === each.groups.length - 1;
    const known = shared.get(keyOf(printer, group, selects));
    const [first] = group.transitions;
    const only = selects && event === '*' ? onlyNumber(printer, group) : undefined;
    if (known === undefined && only === undefined) {
      const inline = printGroup(printer, group, leave, isLast);
      if (inline.readsPayload) reads();
      statements.push(...inline.statements);
      if (isLast && !isCertain(group)) statements.push(returns ? 'return false;' : 'break;');
      continue;
    }
    if (known?.readsPayload === true) reads();
    const given = [
      ...(known?.readsCell === true ? [cell] : []),
      ...(known?.readsPayload === true ? [argument(printer, handler, group, parameter)] : []),
    ];
    const tried = only ?? `${known?.name}(${given.join(', ')})`;
    const covered =
      event === '*'
        ? `${printer.writer.import('millrace/machine', 'matches')}(${quote(group.descriptor ?? '')}, ${printer.local.name})`
        : undefined;
    if (selects) {
      const title =
        only === undefined || first === undefined ? '' : ` ${lineComment(titleOf({ group, transition: first }))}`;
      statements.push(`${chosen} = ${covered === undefined ? tried : `${covered} ? ${tried} : -1`};${title}`);
      statements.push(isLast ? 'break;' : `if (${chosen} !== -1) break;`);
      continue;
    }
    const both = covered === undefined ? tried : `${covered} && ${tried}`;
    if (returns) statements.push(isLast ? `return ${both};` : `if (${both}) return true;`);
    else if (isLast) statements.push(`if (${both}) ${taken} = true;`, 'break;');
    else statements.push([`if (${both}) `, block(leave.kind === 'take' ? leave.taken : [])]);
  }
  return statements;
}

/** The payload as the function of a group takes it: what a pattern covers is only known at run time. */
function argument(printer: Printer, { event }: Handler, group: Group, parameter: string): string {
  if (!isPattern(group)) return event === '*' ? `${parameter} as never` : parameter;
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
