/** A microstep of several regions: all that is left, then all actions, then all that is entered. */
import { block, hard, indent, print, type Doc } from '../../model/text/doc.ts';
import { lineComment } from '../../model/text/names.ts';
import { isPattern, isSelected, movesOfCase, type Handler } from './handlers.ts';
import type { Move } from './moves.ts';
import { singleCase, switchWith } from './numbered.ts';
import { addFunction, once, place, type Printer } from './printer.ts';
import { partsOf, titleOf } from './transitions.ts';

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
  const regions = handler.askers.flatMap(({ region, cases }): readonly Selected[] => {
    const moves = cases.filter((each) => isSelected(handler, each)).flatMap((each) => movesOfCase(printer, each));
    return moves.length === 0 ? [] : [{ name: printer.local.selected[region.index] ?? '', moves: [...new Set(moves)] }];
  });
  const moves = [...new Set(regions.flatMap((region) => region.moves))].sort((a, b) => a.number - b.number);
  const phases = [
    exitPhase(printer, label, moves),
    actPhase(printer, label, moves, parameter),
    enterPhase(printer, label, moves),
  ];
  const before = moves.some((move) => printer.asked.has(move.transition)) ? [`${printer.local.cell}.asked = [];`] : [];
  const readsPayload = moves.some((move) => partsOf(printer, move).actions.readsPayload);
  const after =
    handler.form === 'conflicts'
      ? takeUncontested(printer, regions, moves, phases, parameter)
      : takeAll(printer, regions, phases, parameter);
  return { before, after, readsPayload };
}

/** One phase of a microstep. */
interface Phase {
  readonly name: string;
  readonly about: string;
  readonly bodies: ReadonlyMap<Move, readonly Doc[]>;
  /** The parameter for the payload, when it is read. */
  readonly payload?: string;
  readonly isLeaving: boolean;
  /** Each body knows the payload under another name. */
  readonly apart: boolean;
}

function bodiesOf(moves: readonly Move[], print: (move: Move) => readonly Doc[]): ReadonlyMap<Move, readonly Doc[]> {
  const all = moves.map((move) => [move, print(move)] as const);
  return new Map(all.filter(([, statements]) => statements.length > 0));
}

function exitPhase(printer: Printer, label: string, moves: readonly Move[]): Phase {
  const bodies = bodiesOf(moves, (move) => {
    const { exits, between } = partsOf(printer, move);
    return [...exits, ...between];
  });
  return { name: `${label}Exit`, about: 'What is left, later regions first.', bodies, isLeaving: true, apart: false };
}

function enterPhase(printer: Printer, label: string, moves: readonly Move[]): Phase {
  const bodies = bodiesOf(moves, (move) => partsOf(printer, move).enters);
  return { name: `${label}Enter`, about: 'What is entered.', bodies, isLeaving: false, apart: false };
}

function actPhase(printer: Printer, label: string, moves: readonly Move[], parameter: string): Phase {
  const typeOf = ({ group }: Move): string => printer.types.group(group);
  const reading = moves.filter((move) => partsOf(printer, move).actions.readsPayload);
  // Under one name and type when all know the payload so; otherwise each takes it as what it is for it.
  const [first] = reading;
  const isSame = (move: Move, other: Move): boolean =>
    move.group.payload === parameter && !isPattern(move.group) && typeOf(move) === typeOf(other);
  const apart = first !== undefined && !reading.every((move) => isSame(move, first));
  const { payload } = printer.local;
  const bodies = bodiesOf(moves, (move) => {
    const { statements, readsPayload } = partsOf(printer, move).actions;
    if (!readsPayload || !apart) return statements;
    const type = typeOf(move);
    return [
      block([`const ${move.group.payload} = ${payload}${type === 'unknown' ? '' : ` as ${type}`};`, ...statements]),
    ];
  });
  return {
    name: `${label}Act`,
    about: 'The actions.',
    bodies,
    isLeaving: false,
    apart,
    ...(first === undefined ? {} : { payload: apart ? `${payload}: unknown` : `${parameter}: ${typeOf(first)}` }),
  };
}

/** Each region has transitions of its own: what they do stands in the function of the event. */
function takeAll(
  printer: Printer,
  regions: readonly Selected[],
  phases: readonly Phase[],
  parameter: string,
): readonly Doc[] {
  const statements = phases.flatMap((phase): readonly Doc[] => {
    const some = regions.filter(({ moves }) => moves.some((move) => phase.bodies.has(move)));
    const ordered = phase.isLeaving ? some.toReversed() : some;
    const inPlace = (region: Selected): Doc => {
      const bodies = new Map([...phase.bodies].filter(([move]) => region.moves.includes(move)));
      return switchOver(region.name, bodies);
    };
    const call = phase.apart ? phaseFunction(printer, phase, parameter) : undefined;
    const taken = ordered.map((region) => (call === undefined ? inPlace(region) : call(region.name)));
    return taken.length === 0 ? [] : [lineComment(phase.about), ...taken];
  });
  const none = regions.map(({ name }) => `${name} === -1`).join(' && ');
  return [`if (${none}) return false;`, ...statements, 'return true;'];
}

/** Some may have to give way to others: what is left of them is taken. */
function takeUncontested(
  printer: Printer,
  regions: readonly Selected[],
  moves: readonly Move[],
  phases: readonly Phase[],
  parameter: string,
): readonly Doc[] {
  const { taken, transition } = printer.local;
  for (const move of moves) printer.rivals.add(move);
  const reach = once(printer, 'reach', () => printer.writer.declare('reach')) ?? '';
  const helper = printer.writer.import('millrace/machine', 'withoutConflicts');
  const found = `[${regions.map(({ name }) => name).join(', ')}]`;
  const loops = phases.flatMap((phase): readonly Doc[] => {
    const [only, second] = phase.bodies;
    if (only === undefined) return [];
    // Each transition is among those taken once.
    if (second === undefined && !phase.apart)
      return [singleCase(`${taken}.includes(${only[0].number})`, { title: whichOf(only[0]), body: only[1] })];
    const call = phaseFunction(printer, phase, parameter);
    return [`for (const ${transition} of ${taken}${phase.isLeaving ? '.toReversed()' : ''}) ${call(transition)}`];
  });
  return [`const ${taken} = ${helper}(${found}, ${reach});`, ...loops, `return ${taken}.length > 0;`];
}

/** The phase as a function by the number of a transition, one for all events that do the same. Gives how it is called. */
function phaseFunction(printer: Printer, phase: Phase, parameter: string): (transition: string) => string {
  const { transition, cell } = printer.local;
  const { name: wanted, about, bodies, payload } = phase;
  const body = switchOver(transition, bodies);
  const make = (): string =>
    addFunction(printer, wanted, about, () => ({
      parameters: [printer.parameter, `${transition}: number`, ...(payload === undefined ? [] : [payload])],
      result: 'void',
      body: [body],
    }));
  const name = once(printer, `phase:${payload ?? ''}:${print(body)}`, make) ?? '';
  return (number) => `${name}(${[cell, number, ...(payload === undefined ? [] : [parameter])].join(', ')});`;
}

function switchOver(name: string, bodies: ReadonlyMap<Move, readonly Doc[]>): Doc {
  return switchWith(
    name,
    [...bodies].map(([move, body]) => ({ number: move.number, title: whichOf(move), body })),
  );
}

const whichOf = (move: Move): string => lineComment(`${titleOf(move)} (${place(move.transition)})`);

/** The table of the transitions that may stand in each other's way. */
export function reachTable(printer: Printer): readonly Doc[] {
  const name = printer.made.get('reach');
  if (name === undefined) return [];
  const type = printer.writer.import('millrace/machine', 'Reach', { typeOnly: true });
  const moves = [...printer.rivals].sort((a, b) => a.number - b.number);
  const end = printer.tree.states.length - 1;
  const rows = moves.map((move): Doc => {
    const { number, group, way } = move;
    const { source } = group;
    const leaves = way !== undefined && way.domain?.children.length !== 0;
    const left = leaves ? [(way.domain?.number ?? -1) + 1, way.domain?.last ?? end] : [];
    return `${number}: [${[source.number, source.last, ...left].join(', ')}], ${lineComment(titleOf(move))}`;
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
