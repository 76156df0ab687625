import type { CallNode, ExpressionNode, SchemaNode } from '../model/index.ts';
import type { Schema } from './schema.ts';

/** A lambda of the source. One that stands where the model has a call gives `{ target, input }` when it is run. */
export type Lambda = (scope: never) => unknown;

/**
 * The living twin of a node of the model: the same fields, with the function where the node has an expression or a
 * call, the schema where it has a schema, and no locations. Derived from the node, so that the two cannot drift apart.
 */
export type Live<Node> = Node extends ExpressionNode | CallNode
  ? Lambda
  : Node extends SchemaNode
    ? Schema
    : Node extends readonly (infer Item)[]
      ? readonly Live<Item>[]
      : Node extends object
        ? { readonly [Key in keyof Node as Key extends 'location' ? never : Key]: Live<Node[Key]> }
        : Node;

/** Takes away the members that are undefined: absent is the only way to be absent, here as in the model. */
export function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T;
}
