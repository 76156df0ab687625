import { ts } from '../syntax/typescript.js';
import type { SystemModel } from '../../model/index.ts';
import { print, type Doc } from '../../model/text/doc.ts';
import { quote } from '../../model/text/names.ts';
import { printCall, systemOptions, type DefinitionNode } from '../print/definitions.ts';
import type { Printing } from '../print/printing.ts';
import { docLines } from '../print/values.ts';
import type { Member } from '../define/members.ts';
import type { Module } from '../syntax/module.ts';
import type { Code } from './code.ts';
import { commentEdits, isInOptions } from './description.ts';
import type { Job } from './job.ts';
import { merge, replacement, type Wanted } from './merge.ts';
import { parseCall } from './parse.ts';

/** Changes a definition where it stands; as a whole, behind its name, when `whole`. */
export function changeDefinition(
  job: Job,
  { definition }: Member,
  { before, after }: { readonly before: DefinitionNode; readonly after: DefinitionNode },
  whole: boolean,
): void {
  const { head, module, statement, states } = definition;
  const inOptions = isInOptions(head.node.arguments[1], statement);
  const sides = { before: above(before, inOptions), after: above(after, inOptions) };
  change(job, head.module, head.node.arguments, 1, headsOf(job, head.module, sides, inOptions), whole);
  if (states !== undefined)
    change(job, module, states.arguments, 0, callsOf(job, module, sides, inOptions), whole, true);
  if (!inOptions) comment(job, module, statement, before, after);
}

/** Changes what a system says about itself. */
export function changeSystem(job: Job): void {
  const { module, node, statement } = job.opened.call;
  const { before, after } = job;
  const inOptions = isInOptions(node.arguments[1], statement);
  const sides = { before: above(before, inOptions), after: above(after, inOptions) };
  const printed = (to: Printing): Doc => ['system(', quote(to.model.name), ', ', systemOptions(to), ')'];
  const calls = both(job, module, sides, inOptions, (to) => printed(to), sides);
  // `parts` are no part of the model: the options are never written anew.
  change(job, module, node.arguments, 0, calls, false);
  if (!inOptions) comment(job, module, statement, before, after);
}

interface Calls {
  readonly source: Readonly<Record<'before' | 'after', ts.SourceFile>>;
  readonly call: Readonly<Record<'before' | 'after', ts.CallExpression>>;
}

type Sides<T> = Readonly<Record<'before' | 'after', T>>;

function both<T>(
  job: Job,
  module: Module,
  nodes: Sides<T>,
  inOptions: boolean,
  printed: (to: Printing, node: T) => Doc,
  models: Sides<SystemModel> = job,
): Calls {
  const make = (side: 'before' | 'after'): { source: ts.SourceFile; call: ts.CallExpression } => {
    const node = nodes[side] as { readonly name: string };
    const to = job.printing(module, models[side], new Set(inOptions ? [node.name] : []));
    const text = print(printed(to, nodes[side]), 0, 120);
    if (side === 'after') job.printed(to);
    return parseCall(text);
  };
  const [before, after] = [make('before'), make('after')];
  return {
    source: { before: before.source, after: after.source },
    call: { before: before.call, after: after.call },
  };
}

function callsOf(job: Job, module: Module, nodes: Sides<DefinitionNode>, inOptions: boolean): Calls {
  return both(job, module, nodes, inOptions, printCall);
}

/** The calls with names and options: of a machine, the one before `.states(…)`. */
function headsOf(job: Job, module: Module, nodes: Sides<DefinitionNode>, inOptions: boolean): Calls {
  const { source, call } = callsOf(job, module, nodes, inOptions);
  const inner = ({ expression }: ts.CallExpression, outer: ts.CallExpression): ts.CallExpression =>
    ts.isPropertyAccessExpression(expression) && ts.isCallExpression(expression.expression)
      ? expression.expression
      : outer;
  return { source, call: { before: inner(call.before, call.before), after: inner(call.after, call.after) } };
}

function change(
  job: Job,
  module: Module,
  own: readonly ts.Expression[],
  from: number,
  { source, call }: Calls,
  whole: boolean,
  isStates = false,
): void {
  const style = job.style(module);
  const code = (side: 'before' | 'after', index: number): Code => ({
    source: source[side],
    node: call[side].arguments[index] as ts.Expression,
  });
  for (const [index, node] of own.entries()) {
    if (index < from || index >= call.after.arguments.length) continue;
    const mine = { source: module.source, node };
    const wanted: Wanted = { before: code('before', index), after: code('after', index) };
    job.edit(
      module,
      whole
        ? [replacement(mine, wanted.after, style)]
        : merge(mine, wanted, style, isStates && index === 1 ? 'states' : undefined),
    );
  }
}

/** A definition without the description that stands above it as a comment. */
function above<T extends { readonly description?: string }>(node: T, inOptions: boolean): T {
  if (inOptions || docLines(node.description) === undefined) return node;
  const { description: _, ...rest } = node;
  return rest as T;
}

function comment(
  job: Job,
  module: Module,
  statement: ts.Node,
  { description: before }: { readonly description?: string },
  { description: after }: { readonly description?: string },
): void {
  job.edit(module, commentEdits(module, statement, { before, after }, job.style(module)));
}
