/** Every name of `system.locals` and `system.imports` that the code below a node reaches, sorted. */
export function usesOf(node: unknown): readonly string[] {
  const found = new Set<string>();
  collect(node, found);
  return [...found].sort();
}

function collect(value: unknown, found: Set<string>): void {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value) && 'uses' in value && Array.isArray(value.uses)) {
    for (const name of value.uses as readonly string[]) found.add(name);
  }
  for (const inner of Object.values(value)) collect(inner, found);
}
