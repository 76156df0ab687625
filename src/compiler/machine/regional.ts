/** What is printed only for machines with parallel states: the table of regions, and functions by number. */
import { block, hard, indent, join, type Doc } from '../text/doc.ts';
import { camelCase, lineComment } from '../text/names.ts';
import { printActions } from './actions.ts';
import { initialStates, regionalMoveOf } from './entry-sets.ts';
import { place, type Printer } from './printer.ts';
import { enterStates, exitStates } from './states.ts';
import { describe } from './transitions.ts';
import type { State } from './tree.ts';

/** `const regions = regionsOf({ ... });` */
export function regionsTable(printer: Printer): Doc {
  const { tree, writer, table, regions } = printer;
  const regionsOf = writer.import('millrace/machine', 'regionsOf');
  const numbers = (states: readonly State[]): string => `[${states.map(({ number }) => number).join(', ')}]`;
  const rows = tree.transitions.map(({ group, transition }, index): Doc => {
    const move = regionalMoveOf(tree, group.source, transition);
    const row =
      move === undefined
        ? `${group.source.number}`
        : `${group.source.number}, ${move.domain?.number ?? -1}, ${numbers(move.enters)}`;
    return `[${row}], ${lineComment(`${index}: ${describe(group)}`)}`;
  });
  const typed = (type: 'parallel' | 'final'): string => numbers(tree.states.filter(({ node }) => node.type === type));
  return [
    '/** The regions. A transition: its source, the state around it that stays (-1: the machine), the states it enters. */',
    hard,
    `const ${regions} = ${regionsOf}({`,
    indent([
      hard,
      table === 'states' ? 'states,' : `states: ${table},`,
      hard,
      `parallel: ${typed('parallel')},`,
      hard,
      `final: ${typed('final')},`,
      hard,
      'transitions: [',
      indent(rows.map((row) => [hard, row])),
      hard,
      '],',
    ]),
    hard,
    '});',
  ];
}

/** The members of the program that act by number. */
export function regionalMembers(printer: Printer): readonly Doc[] {
  const { tree, machine, regions } = printer;
  const initial = initialStates(tree, machine.initial).map(({ number }) => number);
  return [
    regions === 'regions' ? 'regions' : `regions: ${regions}`,
    `initial: [${initial.join(', ')}]`,
    ['act: ', actArrow(printer)],
    ['exit: ', byNumber(printer, (state) => exitStates(printer, [state]))],
    ['enter: ', byNumber(printer, (state) => enterStates(printer, [state]))],
  ];
}

function byNumber(printer: Printer, print: (state: State) => readonly Doc[]): Doc {
  const cases = printer.tree.states.flatMap((state): Doc[] => {
    const calls = print(state);
    return calls.length === 0
      ? []
      : [[`case ${state.number}: ${lineComment(state.name)}`, indent([hard, join([...calls, 'break;'], hard)])]];
  });
  const { cell, state } = printer.local;
  return cases.length === 0
    ? '() => {}'
    : [`(${cell}, ${state}) => `, block([[`switch (${state}) `, block([...cases, 'default:'])]])];
}

/** The actions of the transitions. */
function actArrow(printer: Printer): Doc {
  const { cell, transition: name, payload } = printer.local;
  let readsPayload = false;
  const cases = printer.tree.transitions.flatMap(({ group, transition, index }, number): Doc[] => {
    const { payload: carries, at } = group;
    const payloadType = (): string => printer.types.group(group);
    const label = camelCase(`${group.label}.do${group.transitions.length > 1 ? `.${index}` : ''}`);
    const about = `${describe(group)} (${place(transition)})`;
    const printed = printActions(printer, transition.actions, `${at}[${index}].actions`, about, {
      payload: carries,
      payloadType,
      label,
      state: group.source,
    });
    if (printed.statements.length === 0) return [];
    readsPayload ||= printed.readsPayload;
    const statements = [
      ...(printed.readsPayload
        ? [`const ${carries} = ${payload}${payloadType() === 'unknown' ? '' : ` as ${payloadType()}`};`]
        : []),
      ...printed.statements,
      'break;',
    ];
    return [[`case ${number}: `, block(statements)]];
  });
  if (cases.length === 0) return '() => {}';
  return [
    `(${[cell, name, ...(readsPayload ? [payload] : [])].join(', ')}) => `,
    block([[`switch (${name}) `, block([...cases, 'default:'])]]),
  ];
}
