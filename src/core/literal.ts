/** How wide a line of generated code may be. */
const width = 120;

/**
 * A value as a literal, laid out as formatters do: on one line when it fits between `column` and the margin, otherwise a
 * member a line. What has a name is written by its name.
 */
export function literalOf(
  value: unknown,
  place: { readonly indent: number; readonly column: number; readonly after: number },
  names: ReadonlyMap<string, string> = new Map(),
): string {
  const plain = inline(value, names);
  if (plain.length + place.column + place.after <= width || !isNested(value)) return plain;
  if (names.has(keyOf(value))) return plain;
  const indent = place.indent + 2;
  const pad = ' '.repeat(indent);
  const inner = (item: unknown, prefix: string): string =>
    `${pad}${prefix}${literalOf(item, { indent, column: indent + prefix.length, after: 1 }, names)},`;
  const lines = Array.isArray(value)
    ? value.map((item) => inner(item, ''))
    : members(value).map(([key, item]) => inner(item, `${keyText(key)}: `));
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${lines.join('\n')}\n${' '.repeat(place.indent)}${close}`;
}

/** Under which key a value is looked up among those with a name. */
export function keyOf(value: unknown): string {
  // What is there and undefined is not the same as what is not there.
  return JSON.stringify(value, (_, item: unknown) => (item === undefined ? { '~': 'undefined' } : item)) ?? 'undefined';
}

/** A text in quotes, single ones where that needs no escape. What cannot be seen is escaped. */
export function quoted(text: string): string {
  const json = JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  if (text.includes("'"))
    return text.includes('"') ? `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'` : json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"')}'`;
}

function inline(value: unknown, names: ReadonlyMap<string, string>): string {
  const name = isNested(value) ? names.get(keyOf(value)) : undefined;
  if (name !== undefined) return name;
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Date) return `new Date('${value.toISOString()}')`;
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '0' : String(value);
  if (Array.isArray(value)) return `[${value.map((item) => inline(item, names)).join(', ')}]`;
  const inside = members(value).map(([key, item]) => {
    const text = inline(item, names);
    // Only what has a name is written by it alone: `{ true }` and `{ 1 }` are nothing.
    return text === key && isNested(item) ? key : `${keyText(key)}: ${text}`;
  });
  return inside.length === 0 ? '{}' : `{ ${inside.join(', ')} }`;
}

function members(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value);
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Date) && Object.keys(value).length > 0;
}

function keyText(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) && key !== '__proto__'
    ? key
    : `${key === '__proto__' ? "['__proto__']" : quoted(key)}`;
}
