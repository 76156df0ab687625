/** What final states bring about. */
import { callWithOptions, object, type Doc } from '../../model/text/doc.ts';
import { camelCase, quote } from '../../model/text/names.ts';
import { tryCatch } from './actions.ts';
import { exitCalls } from './exit.ts';
import { prelude, valueOf } from './lambdas.ts';
import { pascal } from './pascal.ts';
import { asksForStates } from './reads-configuration.ts';
import { addFunction, leaveTo, moveTo, once, place, type Printer } from './printer.ts';
import { endedBy, isHeard, type State } from './tree.ts';

/** What reaching a final state brings: the end of the state around it, or of the machine. */
export function reachFinal(printer: Printer, state: State): readonly Doc[] {
  const { cell } = printer.local;
  const { parent, node } = state;
  if (parent === undefined) {
    return [
      ...exitCalls(printer, [state]),
      ...(node.output === undefined ? [] : lastOutput(printer, state)),
      `${cell}.done = true;`,
    ];
  }
  const raise = ({ name }: State, value: Doc): Doc => [
    callWithOptions(`${cell}.queue.push`, [object([`name: ${quote(`done.state.${name}`)}`, ['payload: ', value]])]),
    ';',
  ];
  // One that nobody hears of is still computed: what it throws is heard.
  const own = isHeard(printer.tree, parent)
    ? outputOf(printer, state, (value) => raise(parent, value))
    : node.output === undefined
      ? []
      : outputOf(printer, state, (value) => (typeof value === 'string' && value.endsWith(')') ? [value, ';'] : []));
  const [, ...parallel] = endedBy(state);
  return [
    ...own,
    ...parallel.flatMap((outer): readonly Doc[] => {
      const isDone = isHeard(printer.tree, outer) ? doneFunction(printer, outer) : undefined;
      return isDone === undefined ? [] : [[`if (${isDone}(${cell})) `, raise(outer, 'undefined')]];
    }),
  ];
}

/** The output of the machine, which the Recommendation reads when no state is active any more. */
function lastOutput(printer: Printer, state: State): readonly Doc[] {
  const { cell } = printer.local;
  const { node } = state;
  const output = outputOf(printer, state, (value) => [`${cell}.output = `, value, ';']);
  const looks = node.output !== undefined && asksForStates(node.output);
  return looks ? [leaveTo(printer, undefined), ...output, moveTo(printer, state)] : output;
}

/** The output of a final state; when its lambda throws there is none. */
function outputOf(printer: Printer, state: State, put: (value: Doc) => Doc): readonly Doc[] {
  const { node, name } = state;
  if (node.output === undefined) return [put('undefined')];
  const value = valueOf(printer, node.output, 'unknown', {
    payload: undefined,
    payloadType: () => 'unknown',
    label: camelCase(`${name}.output`),
    state,
  });
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

/** The function that says if all regions of a parallel state are in a final state; nothing when they never can be. */
function doneFunction(printer: Printer, parallel: State): string | undefined {
  return once(printer, `done:${parallel.name}`, () => {
    const condition = isDone(printer, parallel);
    if (condition === undefined) return undefined;
    const about = `Are all regions of ${parallel.name} in a final state?`;
    return addFunction(printer, `is${pascal(parallel.name)}Done`, about, () => ({
      parameters: [printer.parameter],
      result: 'boolean',
      body: [`return ${condition};`],
    }));
  });
}

function isDone(printer: Printer, state: State): string | undefined {
  if (state.node.type === 'parallel') {
    const all = state.children.map((child) => isDone(printer, child));
    return all.includes(undefined) || all.length === 0 ? undefined : all.join(' && ');
  }
  const finals = state.children.filter(({ node }) => node.type === 'final');
  const any = finals.map(({ region, number }) => `${printer.local.cell}.${region.register} === ${number}`);
  return any.length === 0 ? undefined : any.length === 1 ? any[0] : `(${any.join(' || ')})`;
}
