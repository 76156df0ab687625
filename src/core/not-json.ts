/** A path as people write it: `lines[0].quantity`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => text + member(key, text), '');
}

function member(key: PropertyKey, before: string): string {
  if (typeof key === 'number') return `[${key}]`;
  return before === '' ? String(key) : `.${String(key)}`;
}

/**
 * Why a value cannot be written as JSON and read again, with the path of what is wrong; nothing when it can. Unlike
 * `JSON.stringify` it lets nothing be changed in silence.
 */
export function notJson(value: unknown, at = '', above: readonly object[] = []): string | undefined {
  const here = at === '' ? 'it' : `'${at}'`;
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `${here} is ${value}, which JSON does not have`;
    case 'object':
      break;
    default:
      return `${here} is a ${typeof value}, which JSON does not have`;
  }
  if (value === null) return undefined;
  if (above.includes(value)) return `${here} contains itself`;
  const below = [...above, value];
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    const written = (value as { toJSON: (key: string) => unknown }).toJSON('');
    if (written === null && value instanceof Date) return `${here} is not a valid Date`;
    return written === undefined ? `${here} has a toJSON that gives nothing` : notJson(written, at, below);
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const path = `${at}[${index}]`;
      const problem =
        value[index] === undefined
          ? `'${path}' is undefined, which a JSON list does not have`
          : notJson(value[index], path, below);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
    return `${here} is a ${String(value.constructor?.name)}, not plain data`;
  }
  const symbol = Object.getOwnPropertySymbols(value).find((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key),
  );
  if (symbol !== undefined) return `${here} has the key ${String(symbol)}, and JSON has no symbols`;
  for (const [key, inner] of Object.entries(value)) {
    const problem = notJson(inner, at + member(key, at), below);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
