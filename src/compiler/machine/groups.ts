/** The alternatives of one event in one state, as statements that end when one was found. */
import { block, type Doc } from '../../model/text/doc.ts';
import { printCondition } from './history.ts';
import type { Move } from './moves.ts';
import type { Printer } from './printer.ts';
import { partsOf, printGuard, titleOf } from './transitions.ts';
import type { Group } from './tree.ts';

/** What is done with the alternative that was found. */
export type Leave =
  /** It is taken, and then this is said. */
  | { readonly kind: 'take'; readonly taken: readonly Doc[] }
  /** Only its number is told. */
  | { readonly kind: 'select'; readonly found: (number: string, title: string) => readonly Doc[] };

export interface PrintedGroup {
  readonly statements: readonly Doc[];
  readonly readsPayload: boolean;
  /** Does it need the registers? An event that is only ignored does not, nor does selecting by number. */
  readonly readsCell: boolean;
}

/** The alternatives of a group in order. After the last group of a case a `break` follows: none is needed before it. */
export function printGroup(printer: Printer, group: Group, leave: Leave, isLast = false): PrintedGroup {
  const statements: Doc[] = [];
  let readsPayload = false;
  let readsCell = false;
  for (const [index, transition] of group.transitions.entries()) {
    const guard = transition.guard && printGuard(printer, group, transition.guard, index);
    const moves = printer.moves.get(transition) ?? [];
    const found = leave.kind === 'take' ? takeOne(printer, moves, leave.taken) : [];
    const done = leave.kind === 'take' ? found : leave.found(numberOf(printer, moves), titleOf({ group, transition }));
    readsPayload ||= guard?.readsPayload === true || (leave.kind === 'take' && readsOf(printer, moves));
    // An alternative without a move and actions only says that it was taken.
    readsCell ||=
      guard?.isFunction === true || moves.length > 1 || (leave.kind === 'take' && done.length > leave.taken.length);
    if (guard === undefined) {
      statements.push(...done);
      break;
    }
    const condition =
      guard.isFunction && printer.asked.has(transition) && leave.kind === 'select'
        ? [`${printer.local.cell}.asked[${moves[0]?.number ?? 0}] ??= `, guard.code]
        : guard.code;
    const falls = isLast && index === group.transitions.length - 1 && done.at(-1) === 'break;';
    statements.push(['if (', condition, ') ', block(falls ? done.slice(0, -1) : done)]);
  }
  return { statements, readsPayload, readsCell };
}

const readsOf = (printer: Printer, moves: readonly Move[]): boolean =>
  moves.some((move) => partsOf(printer, move).actions.readsPayload);

/** The whole microstep of a transition: what is left, the actions, what is entered. */
function takeOne(printer: Printer, moves: readonly Move[], taken: readonly Doc[]): readonly Doc[] {
  const bodies = moves.map((move): readonly Doc[] => {
    const { exits, between, actions, enters } = partsOf(printer, move);
    return [
      ...exits,
      ...(actions.statements.length > 0 ? [...between, ...actions.statements] : []),
      ...enters,
      ...taken,
    ];
  });
  return bodies.flatMap((body, index) => {
    const condition = moves[index]?.way?.condition ?? true;
    return condition === true ? body : [[`if (${printCondition(printer, condition)}) `, block(body)]];
  });
}

/** The number of a group that is always the same one, whoever asks. */
export function onlyNumber(printer: Printer, { transitions: [first] }: Group): string | undefined {
  const moves = first === undefined || first.guard !== undefined ? [] : (printer.moves.get(first) ?? []);
  return moves.length === 1 ? numberOf(printer, moves) : undefined;
}

function numberOf(printer: Printer, moves: readonly Move[]): string {
  return moves
    .map(({ number, way }) =>
      way === undefined || way.condition === true
        ? `${number}`
        : `${printCondition(printer, way.condition)} ? ${number} : `,
    )
    .join('');
}
