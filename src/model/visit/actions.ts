import type { ExpressionNode } from '../nodes/expression.ts';
import type { CallNode } from '../nodes/flow.ts';
import type { ActionKind, ActionNode, ActionOf } from '../nodes/machine.ts';

/** What an action is made of. */
export interface ActionParts {
  /** The lists of actions inside it, by the member that holds them. */
  readonly blocks?: readonly { readonly key: string; readonly actions: readonly ActionNode[] }[];
  readonly calls?: readonly CallNode[];
  readonly code?: readonly { readonly key: string; readonly node: ExpressionNode }[];
}

const code = (key: string, value: unknown): readonly { readonly key: string; readonly node: ExpressionNode }[] =>
  typeof value === 'object' ? [{ key, node: value as ExpressionNode }] : [];

/** From every kind to its parts: a new kind does not compile until it is handled here. */
const parts: { readonly [K in ActionKind]: (action: ActionOf<K>) => ActionParts } = {
  assign: (action) => ({ code: code('value', action.value) }),
  emit: (action) => ({ calls: [action.call] }),
  raise: (action) => ({ calls: [action.call] }),
  start: (action) => ({ calls: [action.call] }),
  send: (action) => ({
    calls: [action.call],
    code: [...code('id', action.id), ...code('delay', action.delay), ...code('target', action.target)],
  }),
  cancel: (action) => ({ code: code('id', action.id) }),
  forEach: (action) => ({
    code: code('over', action.over),
    blocks: [{ key: 'actions', actions: action.actions }],
  }),
  when: (action) => ({
    code: code('condition', action.condition),
    blocks: [
      { key: 'actions', actions: action.actions },
      ...(action.otherwise === undefined ? [] : [{ key: 'otherwise', actions: action.otherwise }]),
    ],
  }),
};

/** The calls, code and inner actions of one action. */
export function actionParts<K extends ActionKind>(action: ActionOf<K>): ActionParts {
  return parts[action.kind](action);
}

/** What a reader does with each kind of action. */
export type ActionVisitor<Result> = { readonly [K in ActionKind]: (action: ActionOf<K>, path: string) => Result };

/** Hands an action to the handler of its kind. */
export function visitAction<Result>(action: ActionNode, path: string, visitor: ActionVisitor<Result>): Result {
  const visit = visitor[action.kind] as (action: ActionNode, path: string) => Result;
  return visit(action, path);
}
