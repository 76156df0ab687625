/** What a transition does, in parts, and the guards. */
import type { ExpressionNode, TransitionNode } from '../../model/index.ts';
import type { Doc } from '../../model/text/doc.ts';
import { camelCase, quote } from '../../model/text/names.ts';
import { printActions, tryCatch, type PrintedBlock } from './actions.ts';
import { enter } from './enter.ts';
import { exitFor } from './exit.ts';
import { prelude, valueOf, type Surroundings } from './lambdas.ts';
import type { Move } from './moves.ts';
import { addFunction, leaveTo, place, type Printer } from './printer.ts';
import type { Group } from './tree.ts';

/** The statements of a move, by the phases of a microstep. */
export interface Parts {
  readonly exits: readonly Doc[];
  /** Where the registers stand when everything was left: only when somebody looks. */
  readonly between: readonly Doc[];
  readonly actions: PrintedBlock;
  readonly enters: readonly Doc[];
}

interface Kept {
  readonly parts: Map<Move, Parts>;
  readonly actions: Map<TransitionNode, PrintedBlock>;
  readonly guards: Map<ExpressionNode, PrintedGuard>;
}
const all = new WeakMap<Printer, Kept>();

/** What may stand in several places is printed once. */
function keptBy(printer: Printer): Kept {
  const known = all.get(printer) ?? { parts: new Map(), actions: new Map(), guards: new Map() };
  all.set(printer, known);
  return known;
}

function kept<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}

/** What a move does. */
export function partsOf(printer: Printer, move: Move): Parts {
  const { group, transition, index, way } = move;
  return kept(keptBy(printer).parts, move, () => {
    const exits = way === undefined ? [] : exitFor(printer, group.source, way);
    const about = `${describe(group)} (${place(transition)})`;
    const at = `${group.at}[${index}].actions`;
    const actions = kept(keptBy(printer).actions, transition, () =>
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

export interface PrintedGuard {
  readonly code: Doc;
  readonly readsPayload: boolean;
  /** Is it a function of its own, which sees the registers? */
  readonly isFunction: boolean;
}

/** The guard of a transition, as an expression. */
export function printGuard(printer: Printer, group: Group, guard: ExpressionNode, index: number): PrintedGuard {
  return kept(keptBy(printer).guards, guard, () => {
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
