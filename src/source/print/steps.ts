import type { BodyNode, StepFailure, StepNode, StepOf } from '../../model/index.ts';
import { visitStep } from '../../model/visit/index.ts';
import { array, below, group, hard, indent, join, object, objectLines, type Doc } from '../../model/text/doc.ts';
import { propertyKey, quote } from '../../model/text/names.ts';
import { call, lambda, optionalSchema, textOr } from './lambdas.ts';
import type { Printing } from './printing.ts';
import { json, type Json } from '../../model/text/json.ts';
import { checkKeys, member, text } from './values.ts';

/** `(f) => f.step(…)`: on one line when there is but one step and it fits. */
export function printBody(to: Printing, { steps }: BodyNode, breaks = false): Doc {
  if (steps.length === 0) return '(f) => f';
  const lines = steps.flatMap((step) => printStep(to, step));
  const [first, second] = lines;
  if (first !== undefined && second === undefined && !breaks) return group('(f) => f', below('', first));
  return ['(f) => f', indent(lines.map((each) => [hard, each]))];
}

/** The links of the chain that a step is: itself, and its undo. */
export function printStep(to: Printing, step: StepNode): readonly Doc[] {
  return visitStep<readonly Doc[]>(step, '', {
    step: (node) => [
      link('step', quote(node.id), call(to, node.call), options(stepOptions(to, node))),
      ...(node.undo === undefined ? [] : [link('undo', call(to, node.undo))]),
    ],
    parallel: (node) => [link('parallel', quote(node.id), bodies(to, node, node.bodies), concurrency(node))],
    branch: (node) => [link('branch', quote(node.id), lambda(to, node.on), bodies(to, node, node.cases))],
    map: (node) => [link('map', quote(node.id), lambda(to, node.over), printBody(to, node.body), concurrency(node))],
    repeat: (node) => {
      const { until, max, delay } = node;
      const given = [...member('until', lambda(to, until)), `max: ${max}`, ...member('delay', text(delay))];
      return [link('repeat', quote(node.id), printBody(to, node.body), object(given))];
    },
    graph: (node) => [link('graph', quote(node.id), nodes(to, node), graphOptions(node))],
    race: (node) => [link('race', quote(node.id), bodies(to, node, node.bodies))],
    attempt: (node) => [link('attempt', quote(node.id), printBody(to, node.body), printBody(to, node.handler))],
    waitFor: (node) => {
      const { match, timeout, onTimeout } = node;
      checkKeys(
        to,
        node.location,
        match.map(({ field }) => field),
        'The field',
      );
      const fields = match.map(({ field, value }) => [propertyKey(field), ': ', lambda(to, value)]);
      const given = [
        ...(fields.length === 0 ? [] : member('match', object(fields))),
        ...member('timeout', text(timeout)),
        ...member('onTimeout', text(onTimeout)),
      ];
      return [link('waitFor', quote(node.id), to.event(node.event, node.location), options(given))];
    },
    approve: (node) => {
      const given = [
        ...member('form', optionalSchema(to, node.form)),
        ...member('message', textOr(to, node.message)),
        ...member('timeout', text(node.timeout)),
        ...member('onTimeout', text(node.onTimeout)),
      ];
      return [link('approve', quote(node.id), options(given))];
    },
    sleep: (node) => [link('sleep', quote(node.id), textOr(to, node.time))],
    emit: (node) => [link('emit', quote(node.id), call(to, node.call))],
    returns: (node) => [link('returns', lambda(to, node.value))],
  });
}

function link(verb: string, ...args: readonly (Doc | undefined)[]): Doc {
  const given = args.filter((arg) => arg !== undefined);
  return [`.${verb}(`, join(given, ', '), ')'];
}

/** An object of options, unless there are none. */
function options(members: readonly Doc[]): Doc | undefined {
  return members.length === 0 ? undefined : object(members);
}

function stepOptions(to: Printing, { retry, timeout, onFailure }: StepOf<'step'>): readonly Doc[] {
  return [
    ...member('retry', retry === undefined ? undefined : json(retry as Json)),
    ...member('timeout', text(timeout)),
    ...member('onFailure', onFailure === undefined ? undefined : failure(to, onFailure)),
  ];
}

function failure(to: Printing, value: StepFailure): Doc {
  return typeof value === 'string' ? quote(value) : object(member('fallback', lambda(to, value.fallback)));
}

function concurrency({ concurrency: count }: { readonly concurrency?: number }): Doc | undefined {
  return options(member('concurrency', count === undefined ? undefined : String(count)));
}

function bodies(
  to: Printing,
  { location }: StepNode,
  named: readonly { readonly name: string; readonly body: BodyNode }[],
): Doc {
  checkKeys(
    to,
    location,
    named.map(({ name }) => name),
    'The body',
  );
  return objectLines(named.map(({ name, body }) => [propertyKey(name), ': ', printBody(to, body)]));
}

function nodes(to: Printing, node: StepOf<'graph'>): Doc {
  if (node.nodes.length === 0) return '(g) => g';
  const lines = node.nodes.map((each) => {
    const needs = each.needs.length === 0 ? undefined : object(member('needs', array(each.needs.map(quote))));
    return [hard, link('node', quote(each.name), call(to, each.call), needs)];
  });
  return ['(g) => g', indent(lines)];
}

function graphOptions({ concurrency: count, onFailure }: StepOf<'graph'>): Doc | undefined {
  return options([
    ...member('concurrency', count === undefined ? undefined : String(count)),
    ...member('onFailure', text(onFailure)),
  ]);
}
