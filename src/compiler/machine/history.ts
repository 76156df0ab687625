/** What history states remember: lists of states by number, noted when the state around them is left. */
import { block, type Doc } from '../../model/text/doc.ts';
import { lineComment } from '../../model/text/names.ts';
import { entriesByDefault, entriesFor, type Entry } from './entries.ts';
import type { Condition } from './moves.ts';
import { switchWith } from './numbered.ts';
import { pascal } from './pascal.ts';
import { addFunction, once, place, type Printer } from './printer.ts';
import { isBelow, isWithin, type State } from './tree.ts';

/** `m.back` */
function register(printer: Printer, history: State): string {
  const found = printer.tree.histories.find(({ state }) => state === history);
  return `${printer.local.cell}.${found?.register ?? ''}`;
}

/** Notes where the machine is in these states, as far as something remembers it. */
export function remember(printer: Printer, states: readonly State[]): readonly Doc[] {
  return states.flatMap(({ histories }) =>
    histories.map((history) => {
      const name = once(printer, `remember:${history.name}`, () => rememberFunction(printer, history));
      return `${name ?? ''}(${printer.local.cell});`;
    }),
  );
}

function rememberFunction(printer: Printer, history: State): string {
  const { name, node } = history;
  const outer = history.parent as State;
  const kept = node.history === 'deep' ? keptLeaves(printer, history, outer) : keptChildren(printer, history, outer);
  return addFunction(printer, `remember${pascal(name)}`, `${name} remembers ${outer.name} (${place(node)}).`, () => ({
    parameters: [printer.parameter],
    result: 'void',
    body: [kept],
  }));
}

function keptLeaves(printer: Printer, history: State, outer: State): Doc {
  const { cell, state } = printer.local;
  const { tree } = printer;
  const inside = tree.regions.filter(({ root }) => root !== undefined && isBelow(root, outer));
  const own = outer.node.type === 'parallel' ? [] : [outer.region];
  const registers = [...own, ...inside].map((region) => `${cell}.${region.register}`);
  // A region that is not active, and a state with regions of its own, are no leaves.
  const others = tree.states.filter((each) => each.node.type === 'parallel' && isBelow(each, outer));
  const leaf = [...(inside.length > 0 ? [-1] : []), ...others.map(({ number }) => number)];
  const alwaysActive = outer.node.type === 'parallel' && inside.every(({ root }) => root?.parent === outer);
  const filter =
    leaf.length === 0 || alwaysActive
      ? ''
      : `.filter((${state}) => ${leaf.map((number) => `${state} !== ${number}`).join(' && ')})`;
  return `${register(printer, history)} = [${registers.join(', ')}]${filter};`;
}

function keptChildren(printer: Printer, history: State, outer: State): Doc {
  const { cell } = printer.local;
  const kept = register(printer, history);
  if (outer.node.type === 'parallel') return `${kept} = [${outer.children.map(({ number }) => number).join(', ')}];`;
  const at = `${cell}.${outer.region.register}`;
  if (outer.children.every((child) => child.region.resting.includes(child))) return `${kept} = [${at}];`;
  const last = outer.children.at(-1);
  const cases = outer.children.map((child) =>
    child === last ? `${child.number}` : `${at} <= ${child.last} ? ${child.number} : `,
  );
  return `${kept} = [${cases.join('')}];`;
}

/** The function that enters what is remembered. */
export function restoreFunction(
  printer: Printer,
  history: State,
  from: State,
  enter: (entries: readonly Entry[]) => readonly Doc[],
): string | undefined {
  return once(printer, `restore:${history.name}:${from.name}`, () => {
    const { tree, local } = printer;
    const outer = history.parent as State;
    const possible =
      history.node.history === 'deep'
        ? tree.regions.flatMap(({ resting }) => resting.filter(({ node }) => node.type !== 'parallel'))
        : outer.children;
    const cases = possible
      .filter((state) => isBelow(state, outer) && isWithin(state, from))
      .sort((a, b) => a.number - b.number)
      .map((state) => ({
        number: state.number,
        title: lineComment(state.name),
        body: enter(entriesFor(tree, state, from)),
      }));
    const kept = register(printer, history);
    const byDefault = enter(entriesByDefault(tree, history, from));
    const label = from === outer ? '' : `In${pascal(from.name)}`;
    const about = `Enters what ${history.name} remembers (${place(history.node)}).`;
    return addFunction(printer, `restore${pascal(history.name)}${label}`, about, () => ({
      parameters: [printer.parameter],
      result: 'void',
      body: [
        [`if (${kept}.length === 0) `, block(byDefault)],
        [`for (const ${local.state} of ${kept}) `, block([switchWith(local.state, cases)])],
      ],
    }));
  });
}

/** A condition on what is remembered, as an expression. */
export function printCondition(printer: Printer, condition: Condition): string {
  if (typeof condition === 'boolean') return String(condition);
  if ('all' in condition) return condition.all.map((each) => printCondition(printer, each)).join(' && ');
  const { history, from, to, empty } = condition;
  const { state } = printer.local;
  const kept = register(printer, history);
  const among = `${kept}.every((${state}) => ${state} >= ${from} && ${state} <= ${to})`;
  if (empty === true) return among;
  if (empty === false) return `${kept}.length > 0 && ${among}`;
  return `(${kept}.length > 0 ? ${among} : ${printCondition(printer, empty)})`;
}
