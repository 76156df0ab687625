/** What leaving states does, each as a function that exists only when there is something to do. */
import { block, hard, type Doc } from '../../model/text/doc.ts';
import { lineComment, quote } from '../../model/text/names.ts';
import { printActions } from './actions.ts';
import { remember } from './history.ts';
import { pascal } from './pascal.ts';
import { addFunction, leaveTo, moveTo, once, place, type Printer } from './printer.ts';
import type { Way } from './moves.ts';
import { switchWith, type NumberedCase } from './numbered.ts';
import { askForStates } from './reads-configuration.ts';
import { isBelow, pathUp, type State } from './tree.ts';

/** What a move leaves: inner states first, later regions first. What is remembered is noted before anything is left. */
export function exitFor(printer: Printer, source: State, { domain }: Way): readonly Doc[] {
  const path = pathUp(source, domain);
  // All regions of the outermost parallel state on the way are left.
  const from = path.findLast((each) => each !== source && each.node.type === 'parallel') ?? source;
  const left = pathUp(from, domain);
  return [...remember(printer, left), ...exitBelow(printer, from), ...exitCalls(printer, left)];
}

/** The calls that leave these states, inner ones first. */
export function exitCalls(printer: Printer, states: readonly State[]): readonly Doc[] {
  return states.flatMap((state) => {
    const name = once(printer, `exit:${state.name}`, () => exitFunction(printer, state));
    return name === undefined ? [] : [`${name}(${printer.local.cell});`];
  });
}

/** Does leaving this state do anything? */
export function hasExit({ node }: State): boolean {
  return node.exit.length > 0 || node.after.length > 0 || node.run.length > 0;
}

function exitFunction(printer: Printer, state: State): string | undefined {
  const { name, node, number } = state;
  const { cell } = printer.local;
  const around = { payload: undefined, payloadType: () => 'unknown', label: `${name}.exit`, state };
  const stops = node.run.map(({ id }) => `${cell}.effects.push({ type: 'stop', id: ${quote(id)} });`);
  const body: Doc[] = [
    ...printActions(printer, node.exit, `${name}.exit`, `exit of ${name} (${place(node)})`, around).statements,
    ...node.after.map(
      (_, index) => `${cell}.effects.push({ type: 'unschedule', id: ${quote(`after.${name}.${index}`)} });`,
    ),
    // Work that the same event would only have begun is not begun at all.
    ...(stops.length > 0 && printer.chains ? unlessPending(printer, number, stops) : stops),
  ];
  if (body.length === 0) return undefined;
  const looks = askForStates(node.exit);
  return addFunction(printer, `exit${pascal(name)}`, `Leaves ${name} (${place(node)}).`, () => ({
    parameters: [printer.parameter],
    result: 'void',
    body: [...(looks ? [moveTo(printer, state)] : []), ...body],
  }));
}

function unlessPending(printer: Printer, number: number, stops: readonly string[]): readonly Doc[] {
  const { cell } = printer.local;
  const stop = stops.length === 1 ? ` ${stops[0]}` : [' ', block(stops)];
  if (printer.tree.regions.length > 1)
    return [[`if (!${printer.writer.import('millrace/machine', 'forgetWork')}(${cell}, ${number}))`, stop]];
  return [[`if (${cell}.begin.at(-1) === ${number}) ${cell}.begin.pop();`, hard, 'else', stop]];
}

/** The call that leaves whatever is active below a state; nothing when there is nothing to do. */
function exitBelow(printer: Printer, outer: State): readonly Doc[] {
  const name = once(printer, `below:${outer.name}`, () => exitBelowFunction(printer, outer));
  return name === undefined ? [] : [`${name}(${printer.local.cell});`];
}

function exitBelowFunction(printer: Printer, outer: State): string | undefined {
  const body = outer.node.type === 'parallel' ? leaveRegions(printer, outer) : leaveActive(printer, outer);
  if (body.length === 0) return undefined;
  return addFunction(printer, `exitBelow${pascal(outer.name)}`, `Leaves what is active below ${outer.name}.`, () => ({
    parameters: [printer.parameter],
    result: 'void',
    body,
  }));
}

function leaveRegions(printer: Printer, { children }: State): readonly Doc[] {
  return children
    .toReversed()
    .flatMap((child) => [
      ...remember(printer, [child]),
      ...exitBelow(printer, child),
      ...exitCalls(printer, [child]),
      leaveTo(printer, undefined, child.region),
    ]);
}

function leaveActive(printer: Printer, outer: State): readonly Doc[] {
  const { cell } = printer.local;
  const cases: NumberedCase[] = [];
  for (const resting of outer.region.resting) {
    if (!isBelow(resting, outer)) continue;
    const path = pathUp(resting, outer);
    const calls = [...remember(printer, path), ...exitBelow(printer, resting), ...exitCalls(printer, path)];
    if (calls.length === 0) continue;
    cases.push({ number: resting.number, title: lineComment(resting.name), body: calls });
  }
  return cases.length === 0 ? [] : [switchWith(`${cell}.${outer.region.register}`, cases)];
}
