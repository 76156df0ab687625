/** A microstep of several regions: all that is left, then all actions, then all that is entered. */
import { block, hard, indent, join, type Doc } from '../text/doc.ts';
import { lineComment } from '../text/names.ts';
import { isPattern, isSelected, movesOfCase, type Handler } from './handlers.ts';
import type { Move } from './moves.ts';
import { addFunction, once, place, type Printer } from './printer.ts';
import { describe, partsOf } from './transitions.ts';

interface Selected {
  /** The variable that holds the transition of a region. */
  readonly name: string;
  readonly moves: readonly Move[];
}

/** What stands before and after the selection. */
export interface PrintedPhases {
  readonly before: readonly Doc[];
  readonly after: readonly Doc[];
  readonly readsPayload: boolean;
}

/** The statements that take what was selected. `label` is the name of the handler. */
export function printPhases(printer: Printer, handler: Handler, label: string, parameter: string): PrintedPhases {
  const { cell, taken, transition } = printer.local;
  const regions = handler.askers.flatMap(({ region, cases }): readonly Selected[] => {
    const moves = cases.filter((each) => isSelected(handler, each)).flatMap((each) => movesOfCase(printer, each));
    return moves.length === 0 ? [] : [{ name: printer.local.selected[region.index] ?? '', moves: [...new Set(moves)] }];
  });
  const moves = [...new Set(regions.flatMap((region) => region.moves))].sort((a, b) => a.number - b.number);
  const exit = phase(printer, `${label}Exit`, 'What they leave.', moves, (move) => {
    const { exits, between } = partsOf(printer, move);
    return [...exits, ...between];
  });
  const act = actPhase(printer, `${label}Act`, moves, parameter);
  const enter = phase(printer, `${label}Enter`, 'What they enter.', moves, (move) => partsOf(printer, move).enters);
  const reset = moves.some((move) => printer.asked.has(move.transition)) ? [`${cell}.asked = [];`] : [];
  const readsPayload = act?.readsPayload === true;
  const call = (made: Phase, argument: string): string =>
    `${made.name}(${[cell, argument, ...(made.readsPayload ? [parameter] : [])].join(', ')});`;
  const phases = [exit, act, enter];
  if (handler.form === 'conflicts') {
    for (const move of moves) printer.rivals.add(move);
    const reach = once(printer, 'reach', () => printer.writer.declare('reach')) ?? '';
    const helper = printer.writer.import('millrace/machine', 'withoutConflicts');
    const found = `[${regions.map(({ name }) => name).join(', ')}]`;
    const loops = phases.flatMap((made) =>
      made === undefined
        ? []
        : [`for (const ${transition} of ${taken}${made === exit ? '.toReversed()' : ''}) ${call(made, transition)}`],
    );
    const after = [`const ${taken} = ${helper}(${found}, ${reach});`, ...loops, `return ${taken}.length > 0;`];
    return { before: reset, after, readsPayload };
  }
  const calls = phases.flatMap((made) => {
    if (made === undefined) return [];
    const some = regions.filter((region) => region.moves.some((move) => made.moves.has(move)));
    return (made === exit ? some.toReversed() : some).map(({ name }) => call(made, name));
  });
  const none = regions.map(({ name }) => `${name} === -1`).join(' && ');
  return { before: reset, after: [`if (${none}) return false;`, ...calls, 'return true;'], readsPayload };
}

interface Phase {
  readonly name: string;
  /** Those for which there is something to do. */
  readonly moves: ReadonlySet<Move>;
  readonly readsPayload?: boolean;
}

function phase(
  printer: Printer,
  label: string,
  about: string,
  moves: readonly Move[],
  print: (move: Move) => readonly Doc[],
  payload: readonly string[] = [],
): Phase | undefined {
  const bodies = moves.flatMap((move) => {
    const statements = print(move);
    return statements.length === 0 ? [] : [{ move, statements }];
  });
  if (bodies.length === 0) return undefined;
  const { transition } = printer.local;
  const cases = bodies.map(({ move, statements }): Doc => [
    `case ${move.number}: ${lineComment(`${describe(move.group)} (${place(move.transition)})`)}`,
    indent([hard, join([...statements, 'break;'], hard)]),
  ]);
  const name = addFunction(printer, label, about, () => ({
    parameters: [printer.parameter, `${transition}: number`, ...payload],
    result: 'void',
    body: [[`switch (${transition}) `, block([...cases, 'default:'])]],
  }));
  return { name, moves: new Set(bodies.map(({ move }) => move)) };
}

function actPhase(printer: Printer, label: string, moves: readonly Move[], parameter: string): Phase | undefined {
  const reading = moves.filter((move) => partsOf(printer, move).actions.readsPayload);
  // Under one name and type when all know the payload so; otherwise each takes it as what it is for it.
  const [first] = reading;
  const same = reading.every(
    ({ group }) => group.payload === parameter && !isPattern(group) && typeOf(group) === typeOf(first?.group),
  );
  function typeOf(group: Move['group'] | undefined): string {
    return group === undefined ? 'unknown' : printer.types.group(group);
  }
  const { payload } = printer.local;
  const parameters = first === undefined ? [] : [same ? `${parameter}: ${typeOf(first.group)}` : `${payload}: unknown`];
  const made = phase(
    printer,
    label,
    'What they do.',
    moves,
    (move) => {
      const { statements, readsPayload } = partsOf(printer, move).actions;
      if (!readsPayload || same) return statements;
      const type = typeOf(move.group);
      return [
        block([`const ${move.group.payload} = ${payload}${type === 'unknown' ? '' : ` as ${type}`};`, ...statements]),
      ];
    },
    parameters,
  );
  return made && { ...made, readsPayload: first !== undefined };
}

/** The table of the transitions that may stand in each other's way. */
export function reachTable(printer: Printer): readonly Doc[] {
  const name = printer.made.get('reach');
  if (name === undefined) return [];
  const type = printer.writer.import('millrace/machine', 'Reach', { typeOnly: true });
  const moves = [...printer.rivals].sort((a, b) => a.number - b.number);
  const end = printer.tree.states.length - 1;
  const rows = moves.map(({ number, group, way }): Doc => {
    const { source } = group;
    const leaves = way !== undefined && way.domain?.children.length !== 0;
    const left = leaves ? [(way.domain?.number ?? -1) + 1, way.domain?.last ?? end] : [];
    return `${number}: [${[source.number, source.last, ...left].join(', ')}], ${lineComment(describe(group))}`;
  });
  return [
    [
      '/** Of transitions of which only one may be taken: the states of the source, and those that are left. */',
      hard,
      `const ${name}: Readonly<Record<number, ${type}>> = {`,
      indent(rows.map((row) => [hard, row])),
      hard,
      '};',
    ],
  ];
}
