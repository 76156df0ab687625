import type { ActionNode, CallNode, ExpressionNode } from '../../../model/index.ts';
import { visitAction, type ActionVisitor } from '../../../model/visit/index.ts';
import { codeText, cut, givenFields } from '../code-text.ts';

const name = ({ target }: CallNode): string => target.name;
const said = (value: string | ExpressionNode): string => (typeof value === 'string' ? value : cut(codeText(value), 32));

const block = (actions: readonly ActionNode[]): string => actionTexts(actions).join(', ') || 'nothing';

const words: ActionVisitor<string> = {
  assign: ({ value }) => ['assign', givenFields(value).join(', ')].join(' ').trimEnd(),
  emit: ({ call }) => `emit ${name(call)}`,
  raise: ({ call }) => `raise ${name(call)}`,
  start: ({ call }) => `start ${name(call)}`,
  send: ({ call, delay, target }) =>
    [
      `send ${name(call)}`,
      ...(target === undefined ? [] : [`to ${said(target)}`]),
      ...(delay === undefined ? [] : [`after ${said(delay)}`]),
    ].join(' '),
  cancel: ({ id }) => `cancel ${said(id)}`,
  forEach: ({ over, actions }) => `for each of ${said(over)}: ${block(actions)}`,
  when: ({ condition, actions, otherwise }) =>
    [
      `if ${said(condition)}: ${block(actions)}`,
      ...(otherwise === undefined ? [] : [`else: ${block(otherwise)}`]),
    ].join('; '),
};

/** What actions do, in a few words each: `assign reason`, `emit orderShipped`. */
export function actionTexts(actions: readonly ActionNode[]): readonly string[] {
  return actions.map((action) => visitAction(action, '', words));
}
