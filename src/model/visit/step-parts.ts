import type { ExpressionNode, SchemaNode } from '../nodes/expression.ts';
import type { BodyNode, CallNode, StepKind, StepNode, StepOf } from '../nodes/flow.ts';

/** What a step is made of. The keys are the members it stands in. */
export interface StepParts {
  /** Bodies below it, with their piece of the path: a name, or nothing for the only body of a map or repeat. */
  readonly bodies?: readonly { readonly name?: string; readonly body: BodyNode }[];
  readonly calls?: readonly { readonly key: string; readonly call: CallNode }[];
  readonly code?: readonly { readonly key: string; readonly node: ExpressionNode | SchemaNode }[];
}

/** From every kind to its parts: a new kind does not compile until it is handled here. */
const parts: { readonly [K in StepKind]: (step: StepOf<K>) => StepParts } = {
  step: (step) => ({
    calls: [{ key: 'call', call: step.call }, ...(step.undo === undefined ? [] : [{ key: '~undo', call: step.undo }])],
    code: typeof step.onFailure === 'object' ? [{ key: 'onFailure', node: step.onFailure.fallback }] : [],
  }),
  parallel: (step) => ({ bodies: step.bodies }),
  branch: (step) => ({ code: [{ key: 'on', node: step.on }], bodies: step.cases }),
  map: (step) => ({ code: [{ key: 'over', node: step.over }], bodies: [{ body: step.body }] }),
  repeat: (step) => ({ bodies: [{ body: step.body }], code: [{ key: 'until', node: step.until }] }),
  graph: (step) => ({ calls: step.nodes.map((node) => ({ key: node.name, call: node.call })) }),
  race: (step) => ({ bodies: step.bodies }),
  attempt: (step) => ({
    bodies: [
      { name: 'try', body: step.body },
      { name: 'catch', body: step.handler },
    ],
  }),
  waitFor: (step) => ({ code: step.match.map(({ field, value }) => ({ key: `match.${field}`, node: value })) }),
  approve: (step) => ({
    code: [
      ...(step.form === undefined ? [] : [{ key: 'form', node: step.form }]),
      ...(typeof step.message === 'object' ? [{ key: 'message', node: step.message }] : []),
    ],
  }),
  sleep: (step) => ({ code: typeof step.time === 'string' ? [] : [{ key: 'time', node: step.time }] }),
  emit: (step) => ({ calls: [{ key: 'call', call: step.call }] }),
  returns: (step) => ({ code: [{ key: 'value', node: step.value }] }),
};

/** The bodies, calls and code of one step. */
export function stepParts<K extends StepKind>(step: StepOf<K>): StepParts {
  return parts[step.kind](step);
}

/** What a reader does with each kind of step. */
export type StepVisitor<Result> = { readonly [K in StepKind]: (step: StepOf<K>, path: string) => Result };

/**
 * Hands a step to the handler of its kind. The visitor is a record from every kind to its handler, so that it does not
 * compile until it handles a new one.
 */
export function visitStep<Result>(step: StepNode, path: string, visitor: StepVisitor<Result>): Result {
  const visit = visitor[step.kind] as (step: StepNode, path: string) => Result;
  return visit(step, path);
}
