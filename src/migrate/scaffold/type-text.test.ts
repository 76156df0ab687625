import { expect, it } from 'vitest';
import { schema, system } from '../../model/fixtures/nodes.ts';
import { shapeOf } from '../../source/schemas/read-shape.ts';
import { typeText } from './type-text.ts';

it.each([
  ['z.object({ id: z.string().min(1), n: z.int().optional() })', '{ id: string; n?: number }'],
  ["z.array(z.enum(['a', 'b']))", "('a' | 'b')[]"],
  ['z.record(z.string(), z.boolean())', 'Record<string, boolean>'],
  ['z.string().nullable()', 'string | null'],
  ["z.object({ 'a b': z.array(z.string()) })", "{ 'a b': string[] }"],
  ['z.object({ a: z.custom() })', undefined],
])('%s', (text, type) => expect(typeText(shapeOf(schema(text), system()))).toBe(type));
