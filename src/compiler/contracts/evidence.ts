import type { ExpressionNode, TaskNode } from '../../model/index.ts';
import { userCode } from '../../model/text/code.ts';
import { array, object, type Doc } from '../../model/text/doc.ts';
import { json, type Json } from '../../model/text/json.ts';
import { propertyKey, quote } from '../../model/text/names.ts';
import { present } from '../flow/options.ts';

/** The claims of a task as code. `use` imports what a lambda names. */
export function evidence(node: TaskNode, use: (lambda: ExpressionNode) => void): Doc | undefined {
  if (node.evidence === undefined) return undefined;
  const claims = node.evidence.map(({ kind, name, options }) =>
    object(
      present({
        kind: quote(kind),
        name: name === undefined ? undefined : quote(name),
        options: object(Object.entries(options).map(([key, value]) => [propertyKey(key), ': ', given(value, use)])),
      }),
    ),
  );
  return object(present({ claims: array(claims), atLeast: node.evidenceRule?.atLeast }));
}

function given(value: unknown, use: (lambda: ExpressionNode) => void): Doc {
  if (!isExpression(value)) return json(value as Json);
  use(value);
  return userCode(value.text);
}

function isExpression(value: unknown): value is ExpressionNode {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'expression';
}
