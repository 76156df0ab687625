import { ts } from '../syntax/typescript.js';
import type { Tags } from '../../model/index.ts';
import type { Reading } from '../reading.ts';
import { docOf } from '../syntax/doc.ts';
import { locate } from '../syntax/location.ts';
import type { Site } from '../syntax/module.ts';
import { expression, lambdaOf } from '../scope/expression.ts';
import { bare, behind, follow } from '../value/follow.ts';
import { options, shape } from '../value/options.ts';
import {
  boolean,
  duration,
  integer,
  json,
  list,
  literal,
  oneOf,
  record,
  text,
  wrong,
  type Reader,
} from '../value/readers.ts';
import type { Definition } from './dsl-call.ts';

type Tag = Tags[number];

const scalar: Reader<string | number | boolean> = (reading, site) => {
  const value = json(reading, site);
  if (value === undefined || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return wrong(reading, site, 'a text, a number, `true` or `false`');
};

const keyedTag = shape('a tag', { key: literal, value: scalar, scope: literal }, 'key', 'value');
const tag: Reader<Tag> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  return 'properties' in found.node ? keyedTag(reading, found) : literal(reading, found);
};

/** What every definition may carry. */
export const common = {
  description: text,
  tags: list(tag),
  metadata: record(json),
  hints: shape('`hints`', { concepts: list(text), rules: list(text), related: list(literal) }),
};

/** How often and how fast a failed attempt is tried again. */
export const retry = shape(
  '`retry`',
  {
    attempts: integer(1),
    backoff: oneOf('fixed', 'linear', 'exponential'),
    delay: duration,
    maxDelay: duration,
    jitter: boolean,
  },
  'attempts',
);

/** The description of a definition: the option, or the doc comment above the declaration. */
export function described<T extends { description?: string }>(definition: Definition, values: T): T {
  const doc =
    values.description === undefined ? docOf({ module: definition.module, node: definition.statement }) : undefined;
  return doc === undefined ? values : { ...values, description: doc };
}

/** Where a definition stands: from its constant's name to its end. */
export function locationOf({ module, declaration }: Definition): ReturnType<typeof locate> {
  return locate({ module, node: declaration });
}

/** The options of a definition, its second argument. Reports a wrong number of arguments. */
export function optionsOf<R extends Readonly<Record<string, Reader<unknown>>>>(
  reading: Reading,
  definition: Definition,
  name: string,
  readers: R,
  required: readonly (keyof R & string)[],
  count = 2,
): Partial<NonNullable<ReturnType<typeof options<R>>>> {
  const { head, verb } = definition;
  const { module, node } = head;
  const what = `${verb} '${name}'`;
  checkCount(reading, head, what, count);
  const second = node.arguments[1];
  if (second === undefined) return {};
  return options(reading, { module, node: second }, what, readers, required) ?? {};
}

/** Reports too few or too many arguments, from `name` to the end of the call. */
export function checkCount(
  reading: Reading,
  site: Site<ts.CallExpression>,
  what: string,
  least: number,
  most = least,
  name: ts.Node = site.node,
): void {
  const { length } = site.node.arguments;
  if (length >= least && length <= most) return;
  const wanted = least === most ? `${least}` : `${least} to ${most}`;
  const message = `${what} takes ${wanted} argument${most === 1 ? '' : 's'}, but has ${length}.`;
  reading.report('MR1109', { module: site.module, node: name }, message, { end: site.node });
}

/** A duration, or a lambda that gives one. */
export const durationOrLambda: Reader<ReturnType<typeof duration> | ReturnType<typeof expression>> = (reading, site) =>
  isFunction(reading, site) ? expression(reading, site) : duration(reading, site);

/** A text, or a lambda that gives one. */
export const textOrLambda: Reader<NonNullable<ReturnType<typeof text> | ReturnType<typeof expression>>> = (
  reading,
  site,
) => (isFunction(reading, site) ? expression(reading, site) : text(reading, site));

/** Is this a lambda, or the name of a function? */
export function isFunction(reading: Reading, { module, node }: Site<ts.Expression>): boolean {
  if (lambdaOf(node) !== undefined) return true;
  const inner = bare(node);
  const found = ts.isIdentifier(inner) ? behind(reading, module, inner.text) : undefined;
  if (found?.kind !== 'declared') return false;
  const { value } = found.binding;
  if (value?.kind === 'function') return true;
  return (
    value?.kind === 'const' &&
    value.declaration.initializer !== undefined &&
    lambdaOf(value.declaration.initializer) !== undefined
  );
}
