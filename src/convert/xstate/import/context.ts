import type { SchemaNode } from '../../../model/index.ts';
import { propertyKey } from '../../../model/text/names.ts';
import { literal, type Importing } from './importing.ts';
import { plain, type Json, type JsonMember, type JsonNode } from './json.ts';

/** The initial values as a schema that has them as defaults. */
export function contextOf(to: Importing, root: JsonNode, member: JsonMember | undefined): SchemaNode {
  const location = to.location(member?.value ?? { start: root.start, end: root.start + 1 });
  const value = member === undefined ? {} : plain(member.value);
  if (member !== undefined && member.value.kind !== 'object') to.wrong(member.value, 'an object of initial values');
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const fields = Object.entries(isObject ? (value as { [key: string]: Json }) : {}).map(
    ([key, inner]) => `  ${propertyKey(key)}: ${schemaText(inner)}.default(${literal(inner)}),`,
  );
  const text = fields.length === 0 ? 'z.object({})' : `z.object({\n${fields.join('\n')}\n})`;
  return { kind: 'schema', text, uses: ['z'], location };
}

function schemaText(value: Json): string {
  if (typeof value === 'string') return 'z.string()';
  if (typeof value === 'number') return 'z.number()';
  if (typeof value === 'boolean') return 'z.boolean()';
  if (value === null) return 'z.any()';
  if (Array.isArray(value)) {
    const kinds = new Set(value.map((item) => schemaText(item as Json)));
    const [only = 'z.any()'] = kinds;
    return `z.array(${kinds.size === 1 ? only : 'z.any()'})`;
  }
  const fields = Object.entries(value as { [key: string]: Json }).map(
    ([key, inner]) => `${propertyKey(key)}: ${schemaText(inner)}`,
  );
  return fields.length === 0 ? 'z.record(z.string(), z.any())' : `z.object({ ${fields.join(', ')} })`;
}
