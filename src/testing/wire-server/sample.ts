type Schema = Readonly<Record<string, unknown>>;

/** A value that fits a JSON Schema, always the same one. Patterns and formats are not looked at. */
export function sampleOf(schema: unknown, root: Schema = (schema ?? {}) as Schema, depth = 0): unknown {
  const one = (schema ?? {}) as Schema;
  if (depth > 8) return null;
  const inner = (next: unknown): unknown => sampleOf(next, root, depth + 1);
  if ('const' in one) return one['const'];
  if (Array.isArray(one['enum'])) return one['enum'][0] as unknown;
  if (typeof one['$ref'] === 'string') return inner(referred(one['$ref'], root));
  const choices = one['anyOf'] ?? one['oneOf'];
  if (Array.isArray(choices)) return inner(choices[0]);
  switch (Array.isArray(one['type']) ? (one['type'][0] as unknown) : one['type']) {
    case 'object': {
      const properties = (one['properties'] ?? {}) as Schema;
      return Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, inner(member)]));
    }
    case 'array':
      return Array.from({ length: Math.max(1, Number(one['minItems'] ?? 1)) }, () => inner(one['items']));
    case 'string':
      return 'text'.padEnd(Number(one['minLength'] ?? 0), '.');
    case 'integer':
    case 'number':
      return Number(one['minimum'] ?? Math.min(1, Number(one['maximum'] ?? 1)));
    case 'boolean':
      return true;
    default:
      return null;
  }
}

function referred(ref: string, root: Schema): unknown {
  let at: unknown = root;
  for (const part of ref.split('/').slice(1)) at = (at as Schema | undefined)?.[decodeURIComponent(part)];
  return at;
}
