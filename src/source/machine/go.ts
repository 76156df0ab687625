import { ts } from '../syntax/typescript.js';
import type { ExpressionNode, TransitionNode } from '../../model/index.ts';
import type { Reading } from '../reading.ts';
import { expression } from '../scope/expression.ts';
import { locate } from '../syntax/location.ts';
import type { Site } from '../syntax/module.ts';
import { follow } from '../value/follow.ts';
import { options } from '../value/options.ts';
import { boolean, elements, list, literal, members, text, type Reader } from '../value/readers.ts';
import { actionReaders, actionsOf } from './actions.ts';

/** One name or several. */
export const names: Reader<readonly string[]> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  if (ts.isArrayLiteralExpression(found.node)) return list(literal)(reading, found);
  const one = literal(reading, found);
  return one === undefined ? undefined : [one];
};

/** The options of a transition. */
export const transitionReaders = {
  target: names,
  guard: expression,
  internal: boolean,
  description: text,
  ...actionReaders,
};

/**
 * The guard of a transition, or, where it could not be read or is misspelt, one like no other: without any, the transition
 * would seem to be always taken, and those after it never.
 *
 * @param before How many problems there were before the transition was read.
 */
export function guardOf(
  reading: Reading,
  site: Site<ts.Expression>,
  guard: ExpressionNode | undefined,
  before: number,
): ExpressionNode | undefined {
  if (guard !== undefined || reading.diagnostics.length === before) return guard;
  const known = Object.keys(transitionReaders).filter((key) => key !== 'guard');
  if ((members(reading, site) ?? []).every(({ key }) => key === 'delay' || known.includes(key))) return undefined;
  const location = locate(site);
  return { kind: 'expression', text: `() => 'unread:${location.line}:${location.column}'`, uses: [], location };
}

const one: Reader<TransitionNode> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  const location = locate(site);
  if (ts.isStringLiteralLike(found.node))
    return { kind: 'transition', targets: [found.node.text], actions: [], location };
  const before = reading.diagnostics.length;
  const values = options(reading, found, 'a transition', transitionReaders);
  if (values === undefined) return undefined;
  const { target, internal, description } = values;
  const guard = guardOf(reading, found, values.guard, before);
  return {
    kind: 'transition',
    targets: target ?? [],
    ...(guard === undefined ? {} : { guard }),
    actions: actionsOf(values),
    ...(internal === undefined ? {} : { internal }),
    ...(description === undefined ? {} : { description }),
    location,
  };
};

/** A target, one transition, or several tried in order. */
export const go: Reader<readonly TransitionNode[]> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  const sites = ts.isArrayLiteralExpression(found.node) ? (elements(reading, found) ?? []) : [site];
  return sites.flatMap((inner) => {
    const transition = one(reading, inner);
    return transition === undefined ? [] : [transition];
  });
};
