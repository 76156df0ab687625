/** What a transition does, in parts, and the guards. */
import type { ExpressionNode } from '../../model/index.ts';
import { camelCase, quote } from '../../model/text/names.ts';
import { printActions, tryCatch } from './actions.ts';
import { enter } from './enter.ts';
import { exitFor } from './exit.ts';
import { prelude, valueOf, type Surroundings } from './lambdas.ts';
import type { Move } from './moves.ts';
import type { Parts, PrintedGuard } from './printed.ts';
import { addFunction, leaveTo, place, type Printer } from './printer.ts';
import type { Group } from './tree.ts';

/** What a move does. */
export function partsOf(printer: Printer, move: Move): Parts {
  const { group, transition, index, way } = move;
  return printer.printed.parts(move, () => {
    const exits = way === undefined ? [] : exitFor(printer, group.source, way);
    const about = `${describe(group)} (${place(transition)})`;
    const at = `${group.at}[${index}].actions`;
    const actions = printer.printed.actions(transition, () =>
      printActions(printer, transition.actions, at, about, surroundings(printer, group, 'do', index)),
    );
    const enters = way === undefined ? [] : enter(printer, way.entries);
    // An internal transition of a leaf to itself leaves nothing, not even when others leave the leaf.
    const leaves = way !== undefined && way.domain?.children.length !== 0;
    const between = printer.followsStates && leaves ? [leaveTo(printer, way.domain)] : [];
    return { exits, between, actions, enters };
  });
}

/** Is one of the alternatives always possible, so that nothing after the group is ever tried? */
export function isCertain(group: Group): boolean {
  return group.transitions.some(({ guard }) => guard === undefined);
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

/** The guard of a transition, as an expression. */
export function printGuard(printer: Printer, group: Group, guard: ExpressionNode, index: number): PrintedGuard {
  return printer.printed.guard(guard, () => {
    const around = surroundings(printer, group, 'guard', index);
    const value = valueOf(printer, guard, 'boolean', { ...around, label: camelCase(`${around.label}.of`) });
    const payload = group.payload ?? '';
    const readsPayload = value.reads.has(payload);
    const others = new Set([...value.reads].filter((name) => name !== payload));
    // `if (false)` would be code that the type checker calls unreachable.
    const literal = value.text === 'true' || value.text === 'false';
    if (value.safe && others.size === 0 && !literal) return { code: value.code, readsPayload, isFunction: false };
    const { cell, thrown } = printer.local;
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
    return { code: `${name}(${cell}${readsPayload ? `, ${payload}` : ''})`, readsPayload, isFunction: true };
  });
}

/** `open, on orderCancelled -> cancelled`: which transition it is, where only its number stands. */
export function titleOf({ group, transition }: Pick<Move, 'group' | 'transition'>): string {
  const targets = transition.targets ?? [];
  return `${describe(group)}${targets.length === 0 ? '' : ` -> ${targets.join(', ')}`}`;
}

/** `open, on orderCancelled` */
export function describe({ source, descriptor, run, payload }: Group): string {
  if (run !== undefined) return `${source.name}, when ${run.id} ${payload === 'error' ? 'has failed' : 'is done'}`;
  if (descriptor === undefined) return `${source.name}, always`;
  if (payload === 'output') return `${source.name}, when done`;
  return payload === undefined ? `${source.name}, after a while` : `${source.name}, on ${descriptor}`;
}
