/** What entering and leaving a state does, each as a function that exists only when there is something to do. */
import { milliseconds } from '../../core/index.ts';
import { block, callWithOptions, hard, join, object, type Doc } from '../text/doc.ts';
import { camelCase, lineComment, quote } from '../text/names.ts';
import { printActions, tryCatch } from './actions.ts';
import { printEntry } from './entry.ts';
import { prelude, readsConfiguration, valueOf, type Surroundings } from './lambdas.ts';
import { pascal } from './pascal.ts';
import { grouped } from './pieces.ts';
import { addFunction, moveTo, place, type Printer } from './printer.ts';
import { lineage, type State } from './tree.ts';

const bare = (label: string, state: State): Surroundings => ({
  payload: undefined,
  payloadType: () => 'unknown',
  label,
  state,
});

function once(printer: Printer, key: string, make: () => string | undefined): string | undefined {
  const known = printer.made.get(key);
  if (known !== undefined) return known === '' ? undefined : known;
  const name = make();
  printer.made.set(key, name ?? '');
  return name;
}

/** The calls that enter these states, outer ones first. */
export function enterStates(printer: Printer, states: readonly State[]): readonly Doc[] {
  return states.flatMap((state) => {
    const name = once(printer, `enter:${state.name}`, () => enterFunction(printer, state));
    return name === undefined ? [] : [`${name}(${printer.local.cell});`];
  });
}

/** The calls that leave these states, inner ones first. */
export function exitStates(printer: Printer, states: readonly State[]): readonly Doc[] {
  return states.flatMap((state) => {
    const name = once(printer, `exit:${state.name}`, () => exitFunction(printer, state));
    return name === undefined ? [] : [`${name}(${printer.local.cell});`];
  });
}

function follow(printer: Printer, state: State): readonly Doc[] {
  return printer.followsStates ? [`${printer.local.cell}.state = ${state.number};`] : [];
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
  return addFunction(printer, `enter${label}`, `Enters ${name} (${place(node)}).`, () => ({
    parameters: [printer.parameter],
    result: 'void',
    body: [...follow(printer, state), ...body],
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
  const value = valueOf(printer, delay, 'number | string', bare(camelCase(`${id}.delay`), state));
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

function reachFinal(printer: Printer, state: State): readonly Doc[] {
  const { cell } = printer.local;
  const { parent, node } = state;
  if (parent === undefined) {
    return [
      ...exitStates(printer, [state]),
      ...(node.output === undefined ? [] : lastOutput(printer, state)),
      `${cell}.done = true;`,
    ];
  }
  const raise = ({ name }: State, value: Doc): Doc => [
    callWithOptions(`${cell}.queue.push`, [object([`name: ${quote(`done.state.${name}`)}`, ['payload: ', value]])]),
    ';',
  ];
  const own =
    isHeard(printer, parent) || node.output !== undefined
      ? outputOf(printer, state, (value) => raise(parent, value))
      : [];
  const outer = parent.parent;
  if (outer?.node.type !== 'parallel' || !isHeard(printer, outer)) return own;
  const isFinished = printer.writer.import('millrace/machine', 'isFinished');
  return [...own, [`if (${isFinished}(${printer.regions}, ${cell}, ${outer.number})) `, raise(outer, 'undefined')]];
}

/** Does any state listen to the end of this one? */
function isHeard(printer: Printer, { name }: State): boolean {
  return printer.tree.groups.some(({ descriptor }) => descriptor === `done.state.${name}` || descriptor?.endsWith('*'));
}

/** The output of the machine, which the Recommendation reads when no state is active any more. */
function lastOutput(printer: Printer, state: State): readonly Doc[] {
  const { cell } = printer.local;
  const output = outputOf(printer, state, (value) => [`${cell}.output = `, value, ';']);
  if (printer.regions !== undefined && readsConfiguration(printer.machine)) {
    return [`${cell}.regions[0] = -1;`, ...output, `${cell}.regions[0] = ${state.number};`];
  }
  return printer.followsStates ? [moveTo(printer, undefined), ...output, moveTo(printer, state)] : output;
}

/** The output of a final state; when its lambda throws there is none. */
function outputOf(printer: Printer, state: State, put: (value: Doc) => Doc): readonly Doc[] {
  const { node, name } = state;
  if (node.output === undefined) return [put('undefined')];
  const value = valueOf(printer, node.output, 'unknown', bare(camelCase(`${name}.output`), state));
  if (value.safe && value.reads.size === 0) return [put(value.code)];
  const { cell, thrown } = printer.local;
  const failed = printer.writer.import('millrace/machine', 'failed');
  const getter = addFunction(
    printer,
    camelCase(`output.of.${name}`),
    `The output of ${name} (${place(node.output)}).`,
    () => ({
      parameters: [printer.parameter],
      result: 'unknown',
      body: [
        tryCatch(
          printer,
          [...prelude(printer, value.reads, state), ['return ', value.code, ';']],
          [`${failed}(${cell}, ${quote(`${name}.output`)}, ${thrown});`, 'return undefined;'],
        ),
      ],
    }),
  );
  return [put(`${getter}(${cell})`)];
}

function exitFunction(printer: Printer, state: State): string | undefined {
  const { name, node, number } = state;
  const { cell } = printer.local;
  const stops = node.run.map(({ id }) => `${cell}.effects.push({ type: 'stop', id: ${quote(id)} });`);
  const body: Doc[] = [
    ...printActions(printer, node.exit, `${name}.exit`, `exit of ${name} (${place(node)})`, bare(`${name}.exit`, state))
      .statements,
    ...node.after.map(
      (_, index) => `${cell}.effects.push({ type: 'unschedule', id: ${quote(`after.${name}.${index}`)} });`,
    ),
    // Work that the same event would only have begun is not begun at all.
    ...(stops.length > 0 && printer.chains ? unlessPending(printer, number, stops) : stops),
  ];
  if (body.length === 0) return undefined;
  return addFunction(printer, `exit${pascal(name)}`, `Leaves ${name} (${place(node)}).`, () => ({
    parameters: [printer.parameter],
    result: 'void',
    body: [...follow(printer, state), ...body],
  }));
}

function unlessPending(printer: Printer, number: number, stops: readonly string[]): readonly Doc[] {
  const { cell } = printer.local;
  const stop = stops.length === 1 ? ` ${stops[0]}` : [' ', block(stops)];
  if (printer.regions !== undefined)
    return [[`if (!${printer.writer.import('millrace/machine', 'forgetWork')}(${cell}, ${number}))`, stop]];
  return [[`if (${cell}.begin.at(-1) === ${number}) ${cell}.begin.pop();`, hard, 'else', stop]];
}

/** The call that leaves whatever is active below a state; nothing when there is nothing to do. */
export function exitBelow(printer: Printer, outer: State): readonly Doc[] {
  const name = once(printer, `below:${outer.name}`, () => exitBelowFunction(printer, outer));
  return name === undefined ? [] : [`${name}(${printer.local.cell});`];
}

function exitBelowFunction(printer: Printer, outer: State): string | undefined {
  const { cell } = printer.local;
  const cases = new Map<string, { labels: Doc[]; calls: readonly Doc[] }>();
  for (const leaf of printer.tree.leaves) {
    const path = lineage(leaf);
    if (!path.includes(outer) || leaf === outer) continue;
    const calls = exitStates(printer, path.slice(path.indexOf(outer) + 1).toReversed());
    if (calls.length === 0) continue;
    const entry = cases.get(calls.join()) ?? { labels: [], calls };
    entry.labels.push(`case ${leaf.number}: ${lineComment(leaf.name)}`);
    cases.set(calls.join(), entry);
  }
  if (cases.size === 0) return undefined;
  const printed = [...cases.values()].map(({ labels, calls }): Doc => [
    join(labels, hard),
    { doc: 'indent', inner: [hard, join([...calls, 'break;'], hard)] },
  ]);
  return addFunction(printer, `exitBelow${pascal(outer.name)}`, `Leaves what is active below ${outer.name}.`, () => ({
    parameters: [printer.parameter],
    result: 'void',
    body: [[`switch (${cell}.state) `, block([...printed, 'default:'])]],
  }));
}
