import { canonicalJson } from '../../core/index.ts';
import type { CallNode, SystemModel } from '../../model/index.ts';
import { usedNames } from '../../model/hash/uses.ts';
import { significant } from '../../model/hash/print.ts';

/**
 * Where two systems differ, or nothing when they say the same: formatting, places, and declarations that nothing needs
 * do not count, just as they do not for the hash; nor does it count what a call calls its definition.
 */
export function difference(a: SystemModel, b: SystemModel): string | undefined {
  return between(counted(a), counted(b), '');
}

/** What counts of a definition, as one text: equal for definitions that say the same. */
export function said(node: object): string {
  return canonicalJson(significant(calledByName(node) as object));
}

function counted(model: SystemModel): unknown {
  const names = new Set(usedNames(model, model));
  const used = <T>(nodes: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(nodes).filter(([name]) => names.has(name)));
  return significant(calledByName({ ...model, locals: used(model.locals), imports: used(model.imports) }) as object);
}

/** A model in which every call calls its definition by name: `billing.charge(…)`, too, if that is `charge`. */
function calledByName(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(calledByName);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, calledByName(inner)]));
  if (copy['kind'] !== 'call') return copy;
  const { lambda, target } = copy as unknown as CallNode;
  const [callee] = /^[\w$]+(?:\.[\w$]+)*(?=\()/.exec(lambda.lambda?.body ?? '') ?? [];
  if (callee === undefined || lambda.lambda === undefined) return copy;
  const body = `${target.name}${lambda.lambda.body.slice(callee.length)}`;
  const text = lambda.text.replace(lambda.lambda.body, () => body);
  return { ...copy, lambda: { ...lambda, text, lambda: { ...lambda.lambda, body } } };
}

function between(a: unknown, b: unknown, path: string): string | undefined {
  if (Object.is(a, b)) return undefined;
  const [left, right] = [membersOf(a), membersOf(b)];
  if (left === undefined || right === undefined || Array.isArray(a) !== Array.isArray(b)) return path;
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const inner = path === '' ? key : `${path}.${key}`;
    if (left.has(key) !== right.has(key)) return inner;
    const found = between(left.get(key), right.get(key), inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
}
