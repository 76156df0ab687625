/** What entering a state does, as a function that exists only when there is something to do. */
import { milliseconds } from '../../core/index.ts';
import { callWithOptions, object, type Doc } from '../../model/text/doc.ts';
import { camelCase, lineComment, quote } from '../../model/text/names.ts';
import { tryCatch } from './actions.ts';
import { entriesOfRegions, type Entry } from './entries.ts';
import { printEntry } from './entry.ts';
import { reachFinal } from './finals.ts';
import { restoreFunction } from './history.ts';
import { prelude, valueOf } from './lambdas.ts';
import { pascal } from './pascal.ts';
import { grouped } from './pieces.ts';
import { addFunction, leaveTo, moveTo, once, place, type Printer } from './printer.ts';
import { endedBy, isHeard, type State, type Tree } from './tree.ts';

/** What enters these, outer states first. */
export function enter(printer: Printer, entries: readonly Entry[]): readonly Doc[] {
  const calls = entries.flatMap((entry): readonly Doc[] => {
    const name = functionFor(printer, entry);
    if (name !== undefined) return [`${name}(${printer.local.cell});`];
    // The function of a state moves the register along.
    return printer.followsStates ? settleIn(printer, entry) : [];
  });
  return printer.followsStates ? calls : [...entries.flatMap((entry) => settleIn(printer, entry)), ...calls];
}

/** `m.light = 3; // bright`, for a state in which a register can stand. */
function settleIn(printer: Printer, entry: Entry): readonly Doc[] {
  if (entry.kind !== 'state' || !entry.state.region.resting.includes(entry.state)) return [];
  return [moveTo(printer, entry.state)];
}

function functionFor(printer: Printer, entry: Entry): string | undefined {
  switch (entry.kind) {
    case 'state':
      return stateFunction(printer, entry.state);
    case 'regions':
      return once(printer, `regions:${entry.parallel.name}`, () => regionsFunction(printer, entry.parallel));
    case 'history':
      return restoreFunction(printer, entry.history, entry.from, (inner) => enter(printer, inner));
    default:
      return entry satisfies never;
  }
}

function regionsFunction(printer: Printer, parallel: State): string {
  const { name } = parallel;
  return addFunction(printer, `enterRegionsOf${pascal(name)}`, `Enters what the regions of ${name} start in.`, () => ({
    parameters: [printer.parameter],
    result: 'void',
    body: enter(printer, entriesOfRegions(printer.tree, parallel)),
  }));
}

function stateFunction(printer: Printer, state: State): string | undefined {
  return once(printer, `enter:${state.name}`, () => enterFunction(printer, state));
}

function enterFunction(printer: Printer, state: State): string | undefined {
  const { name, node } = state;
  const { cell } = printer.local;
  const label = pascal(name);
  const body: Doc[] = [
    ...printEntry(printer, state),
    ...node.after.flatMap(({ delay }, index) => schedule(printer, state, delay, index)),
    ...(node.run.length > 0
      ? [`${cell}.begin.push(${state.number}); ${lineComment(node.run.map(({ id }) => id).join(', '))}`]
      : []),
    ...(node.type === 'final' ? reachFinal(printer, state) : []),
  ];
  if (body.length === 0) return undefined;
  // Nobody sees a register that is written again at once.
  const moves = printer.followsStates && body[0] !== leaveTo(printer, undefined);
  return addFunction(printer, `enter${label}`, `Enters ${name} (${place(node)}).`, () => ({
    parameters: [printer.parameter],
    result: 'void',
    body: [...(moves ? [moveTo(printer, state)] : []), ...body],
  }));
}

function schedule(
  printer: Printer,
  state: State,
  delay: State['node']['after'][number]['delay'],
  index: number,
): readonly Doc[] {
  const { name } = state;
  const id = `after.${name}.${index}`;
  const { cell, thrown } = printer.local;
  const effect = (span: Doc): Doc => [
    callWithOptions(`${cell}.effects.push`, [
      object([
        "type: 'schedule'",
        `id: ${quote(id)}`,
        ['delay: ', span],
        `event: { name: ${quote(id)}, payload: undefined }`,
      ]),
    ]),
    ';',
  ];
  if (typeof delay === 'string') return [[effect(grouped(milliseconds(delay))), ` // ${delay}`]];
  const value = valueOf(printer, delay, 'number | string', {
    payload: undefined,
    payloadType: () => 'unknown',
    label: camelCase(`${id}.delay`),
    state,
  });
  const delayOf = printer.writer.import('millrace/machine', 'delayOf');
  const failed = printer.writer.import('millrace/machine', 'failed');
  const span = [`${delayOf}(`, value.code, ')'];
  return [
    tryCatch(
      printer,
      [...prelude(printer, value.reads, state), effect(span)],
      [`${failed}(${cell}, ${quote(`${name}.after[${index}].delay`)}, ${thrown});`],
    ),
  ];
}

/** Does entering this state do anything? */
export function hasEntry(tree: Tree, state: State): boolean {
  const { node, parent } = state;
  const ends = node.type === 'final' && (parent === undefined || node.output !== undefined);
  const isHeardOf = node.type === 'final' && endedBy(state).some((outer) => isHeard(tree, outer));
  return (
    node.entry.length > 0 ||
    node.after.length > 0 ||
    node.run.length > 0 ||
    node.context !== undefined ||
    ends ||
    isHeardOf
  );
}
