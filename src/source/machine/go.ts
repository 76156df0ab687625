import { ts } from 'ts-morph';
import type { TransitionNode } from '../../model/index.ts';
import { expression } from '../scope/expression.ts';
import { locate } from '../syntax/location.ts';
import { follow } from '../value/follow.ts';
import { options } from '../value/options.ts';
import { boolean, elements, list, literal, text, type Reader } from '../value/readers.ts';
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

const one: Reader<TransitionNode> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  const location = locate(site);
  if (ts.isStringLiteralLike(found.node))
    return { kind: 'transition', targets: [found.node.text], actions: [], location };
  const values = options(reading, found, 'a transition', transitionReaders);
  if (values === undefined) return undefined;
  const { target, guard, internal, description } = values;
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
