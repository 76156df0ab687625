import { usedNames, type SystemModel } from '../../model/index.ts';
import { significant } from '../../model/hash/print.ts';

/**
 * Where two systems differ, or nothing when they say the same: formatting, places, and declarations that nothing needs
 * do not count, just as they do not for the hash.
 */
export function difference(a: SystemModel, b: SystemModel): string | undefined {
  return between(counted(a), counted(b), '');
}

function counted(model: SystemModel): unknown {
  const names = new Set(usedNames(model, model));
  const used = <T>(nodes: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(nodes).filter(([name]) => names.has(name)));
  return significant({ ...model, locals: used(model.locals), imports: used(model.imports) });
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
