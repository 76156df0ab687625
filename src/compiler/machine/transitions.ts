/** The alternatives of one event in one state, as statements that end with `return true` when one was taken. */
import type { ExpressionNode, TransitionNode } from '../../model/index.ts';
import { block, type Doc } from '../text/doc.ts';
import { camelCase, quote } from '../text/names.ts';
import { printActions, tryCatch, type PrintedBlock } from './actions.ts';
import { prelude, valueOf, type Surroundings } from './lambdas.ts';
import { addFunction, moveTo, place, type Printer } from './printer.ts';
import { enterStates, exitBelow, exitStates } from './states.ts';
import { moveOf, type Group } from './tree.ts';

export interface PrintedGroup {
  readonly statements: readonly Doc[];
  readonly readsPayload: boolean;
  /** Does it need the registers? An event that is only ignored does not, nor does selecting by number. */
  readonly readsCell: boolean;
}

/** Is one of the alternatives always possible, so that nothing after the group is ever tried? */
export function isCertain(group: Group): boolean {
  return group.transitions.some(({ guard }) => guard === undefined);
}

/** The alternatives of a group in order. */
export function printGroup(printer: Printer, group: Group): PrintedGroup {
  const statements: Doc[] = [];
  let readsPayload = false;
  let readsCell = false;
  for (const [index, transition] of group.transitions.entries()) {
    const condition = transition.guard === undefined ? undefined : printGuard(printer, group, transition.guard, index);
    const taken = printTransition(printer, group, transition, index);
    readsPayload ||= taken.readsPayload || condition?.readsPayload === true;
    // The last statement says only which transition was taken.
    readsCell ||= condition?.readsCell === true || taken.statements.length > 1;
    if (condition === undefined) {
      statements.push(...taken.statements);
      break;
    }
    statements.push(['if (', condition.code, ') ', block(taken.statements)]);
  }
  return { statements, readsPayload, readsCell };
}

function numberOf({ tree }: Printer, transition: TransitionNode): number {
  return tree.transitions.findIndex((each) => each.transition === transition);
}

function surroundings(printer: Printer, group: Group, part: string, index: number): Surroundings {
  const count = group.transitions.length > 1 ? `.${index}` : '';
  return {
    payload: group.payload,
    payloadType: () => printer.types.group(group),
    label: camelCase(`${group.label}.${part}${count}`),
    state: group.source,
  };
}

function printTransition(printer: Printer, group: Group, transition: TransitionNode, index: number): PrintedBlock {
  const { source } = group;
  // With regions the transitions are only selected here, and taken together when all are known.
  if (printer.regions !== undefined)
    return { statements: [`return ${numberOf(printer, transition)};`], readsPayload: false };
  const at = `${group.at}[${index}].actions`;
  const actions = (): PrintedBlock =>
    printActions(
      printer,
      transition.actions,
      at,
      `${describe(group)} (${place(transition)})`,
      surroundings(printer, group, 'do', index),
    );
  const move = moveOf(printer.tree, source, transition);
  if (move === undefined) {
    const { statements, readsPayload } = actions();
    return { statements: [...statements, 'return true;'], readsPayload };
  }
  const exits = [
    ...(move.below === undefined ? [] : exitBelow(printer, move.below)),
    ...exitStates(printer, move.exits),
  ];
  const { statements, readsPayload } = actions();
  const enters = enterStates(printer, move.enters);
  const register = moveTo(printer, move.leaf);
  const entersLeaf = move.enters.includes(move.leaf) && enterStates(printer, [move.leaf]).length > 0;
  // When lambdas ask which states are active, the register says so at every moment.
  const moved = printer.followsStates
    ? [
        ...exits,
        ...(statements.length > 0 ? [moveTo(printer, move.domain), ...statements] : []),
        ...enters,
        ...(entersLeaf ? [] : [register]),
      ]
    : [...exits, ...statements, register, ...enters];
  return { statements: [...moved, 'return true;'], readsPayload };
}

function printGuard(
  printer: Printer,
  group: Group,
  guard: ExpressionNode,
  index: number,
): { readonly code: Doc; readonly readsPayload: boolean; readonly readsCell: boolean } {
  const around = surroundings(printer, group, 'guard', index);
  const value = valueOf(printer, guard, 'boolean', { ...around, label: camelCase(`${around.label}.of`) });
  const payload = group.payload ?? '';
  const readsPayload = value.reads.has(payload);
  const others = new Set([...value.reads].filter((name) => name !== payload));
  // `if (false)` would be code that the type checker calls unreachable.
  const literal = value.text === 'true' || value.text === 'false';
  if (value.safe && others.size === 0 && !literal) return { code: value.code, readsPayload, readsCell: false };
  const { cell, thrown } = printer.local;
  // Several leaves may inherit it, and a guard that throws is reported once.
  const once =
    printer.regions === undefined
      ? ''
      : `${cell}.asked[${numberOf(printer, group.transitions[index] as TransitionNode)}] ??= `;
  const failed = printer.writer.import('millrace/machine', 'failed');
  const name = addFunction(printer, around.label, `${describe(group)} (${place(guard)})`, () => ({
    parameters: [printer.parameter, ...(readsPayload ? [`${payload}: ${around.payloadType()}`] : [])],
    result: 'boolean',
    body: [
      tryCatch(
        printer,
        [...prelude(printer, others, group.source), ['return ', value.code, ';']],
        [`return ${failed}(${cell}, ${quote(`${group.at}[${index}].guard`)}, ${thrown});`],
      ),
    ],
  }));
  return { code: `${once}${name}(${cell}${readsPayload ? `, ${payload}` : ''})`, readsPayload, readsCell: true };
}

/** `open, on orderCancelled` */
export function describe({ source, descriptor, run, payload }: Group): string {
  if (run !== undefined) return `${source.name}, when ${run.id} ${payload === 'error' ? 'has failed' : 'is done'}`;
  if (descriptor === undefined) return `${source.name}, always`;
  if (payload === 'output') return `${source.name}, when done`;
  return payload === undefined ? `${source.name}, after a while` : `${source.name}, on ${descriptor}`;
}
