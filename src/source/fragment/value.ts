import { ts } from '../syntax/typescript.js';
import { definitionBehind } from '../define/dsl-call.ts';
import { eventReference, nameOf } from '../define/reference.ts';
import { expression, lambdaOf } from '../scope/expression.ts';
import { dslName } from '../syntax/dsl-name.ts';
import { bare } from '../value/follow.ts';
import { elements, json, list, record, type Reader } from '../value/readers.ts';

/**
 * A value as the options of a definition have it: JSON, in which a definition stands for its name, `failed(charge)` for
 * the event, and a lambda for itself.
 */
export const value: Reader<unknown> = (reading, site) => {
  const { module } = site;
  const node = bare(site.node);
  if (lambdaOf(node) !== undefined) return expression(reading, site);
  const definition = definitionBehind(reading, { module, node });
  if (definition !== undefined) return nameOf(reading, definition);
  if (ts.isCallExpression(node) && dslName(module, node.expression) === 'failed') return eventReference(reading, site);
  if (ts.isArrayLiteralExpression(node) && elements(reading, site) !== undefined) return list(value)(reading, site);
  if (ts.isObjectLiteralExpression(node)) return record(value)(reading, site);
  return json(reading, site);
};
