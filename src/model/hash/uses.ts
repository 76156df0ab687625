import type { SystemModel } from '../nodes/system.ts';

/** The keys of `locals` and `imports` that the code of a node reaches, transitively, sorted. */
export function usedNames(model: SystemModel, node: object): readonly string[] {
  const names = new Set<string>();
  const add = (name: string): void => {
    if (names.has(name)) return;
    names.add(name);
    if (Object.hasOwn(model.locals, name)) model.locals[name]?.uses.forEach(add);
  };
  collect(node, add, node === model);
  return [...names].sort();
}

function collect(value: unknown, add: (name: string) => void, isSystem: boolean): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const inner of value) collect(inner, add, false);
    return;
  }
  const node = value as Readonly<Record<string, unknown>>;
  if ((node['kind'] === 'expression' || node['kind'] === 'schema') && Array.isArray(node['uses'])) {
    for (const name of node['uses']) add(String(name));
    return;
  }
  for (const [key, inner] of Object.entries(node)) {
    // The declarations of a system count only when something else needs them.
    if (!(isSystem && (key === 'locals' || key === 'imports'))) collect(inner, add, false);
  }
}
