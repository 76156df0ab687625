import { propertyKey } from '../../model/text/names.ts';

/** The types of fields of contracts, and what they are here. */
export const fieldTypes: Readonly<Record<string, string>> = {
  string: 'z.string()',
  number: 'z.number()',
  integer: 'z.int()',
  boolean: 'z.boolean()',
  object: 'z.looseObject({})',
  array: 'z.array(z.unknown())',
  any: 'z.unknown()',
};

/** `string`, `string?` or `string[]` as a schema. */
export function schemaOfType(type: string): string | undefined {
  const [, name = '', list, optional] = /^(\w+)(\[\])?(\?)?$/.exec(type) ?? [];
  if (!Object.hasOwn(fieldTypes, name)) return undefined;
  const text = list === undefined ? fieldTypes[name] : `z.array(${fieldTypes[name]})`;
  return `${text}${optional === undefined ? '' : '.optional()'}`;
}

/** Fields as a schema. */
export function objectSchema(fields: readonly (readonly [string, string])[]): string {
  const members = fields.map(([key, text]) => `${propertyKey(key)}: ${text}`);
  return members.length === 0 ? 'z.object({})' : `z.object({ ${members.join(', ')} })`;
}

/** The types of the fields of a schema, when it is one that {@link objectSchema} gives. */
export function typesOfSchema(text: string): readonly (readonly [string, string])[] | undefined {
  const [, inner] = /^z\.object\(\{([\s\S]*)\}\)$/.exec(text.trim()) ?? [];
  if (inner === undefined) return undefined;
  const types: [string, string][] = [];
  const field =
    /\s*(?:([A-Za-z_$][\w$]*)|('(?:[^'\\]|\\.)*'))\s*:\s*(z\.[\w.]+\((?:\{\}|z\.\w+\((?:\{\})?\))?\)|z\.array\(z\.array\(z\.unknown\(\)\)\))(\.optional\(\))?\s*(?:,|$)/y;
  while (inner.slice(field.lastIndex).trim() !== '') {
    const found = field.exec(inner);
    if (found === null) return undefined;
    const [, plain, quoted, schema = '', optional] = found;
    const type = typeOfSchema(schema);
    if (type === undefined) return undefined;
    types.push([plain ?? unquoted(quoted ?? ''), `${type}${optional === undefined ? '' : '?'}`]);
  }
  return types;
}

function typeOfSchema(schema: string): string | undefined {
  for (const [name, text] of Object.entries(fieldTypes)) {
    if (schema === text) return name;
    if (schema === `z.array(${text})` && name !== 'any') return `${name}[]`;
  }
  return undefined;
}

function unquoted(text: string): string {
  const inner = text
    .slice(1, -1)
    .replaceAll(String.raw`\'`, "'")
    .replaceAll('"', String.raw`\"`);
  return JSON.parse(`"${inner}"`) as string;
}
