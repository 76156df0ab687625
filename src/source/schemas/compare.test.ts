import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createSystem, type SystemModel } from 'millrace/model';
import { compareSchemas } from './compare.ts';

const location = { file: 'a.dsl.ts', line: 1, column: 1, endLine: 1, endColumn: 1 };

/** A system with these declarations. */
function system(locals: Readonly<Record<string, string>> = {}): SystemModel {
  const nodes = Object.entries(locals).map(([name, text]) => [
    name,
    { kind: 'local', name, text: `const ${name} = ${text};`, typeOnly: false, uses: [], location } as const,
  ]);
  const none = { contexts: {}, events: {}, tasks: {}, agents: {}, resources: {}, flows: {}, machines: {}, imports: {} };
  return createSystem({ name: 's', version: '1.0.0', location, ...none, locals: Object.fromEntries(nodes) });
}
const relation = (before: string, after: string, model = system(), next = model): string =>
  compareSchemas(
    { schema: { kind: 'schema', text: before, uses: [], location }, model },
    { schema: { kind: 'schema', text: after, uses: [], location }, model: next },
  );

describe('what is accepted', () => {
  it.each([
    ['z.string()', 'z.string().describe("name")', 'equal'],
    ['z.string()', 'z.unknown()', 'wider'],
    ['z.int()', 'z.number()', 'wider'],
    ['z.number()', 'z.number().int()', 'narrower'],
    ['z.string()', 'z.number()', 'unknown'],
    ['z.string()', 'z.string().min(1)', 'narrower'],
    ['z.string().max(5)', 'z.string().max(9)', 'wider'],
    ['z.string().min(5)', 'z.string().min(9)', 'narrower'],
    ['z.string().min(5).max(9)', 'z.string().min(4).max(8)', 'unknown'],
    ['z.string().regex(/a/)', 'z.string().regex(/b/)', 'unknown'],
    ["z.enum(['a', 'b'])", "z.enum(['b', 'a', 'c'])", 'wider'],
    ["z.enum(['a', 'b'])", 'z.string()', 'wider'],
    ["z.literal('a')", "z.union([z.literal('a'), z.literal('b')])", 'wider'],
    ['z.string().nullable()', 'z.string()', 'narrower'],
    ['z.string()', 'z.string().optional()', 'wider'],
    ['z.string().default("x")', 'z.string().optional()', 'equal'],
    ['z.array(z.int())', 'z.number().array()', 'wider'],
    ['z.record(z.string(), z.int())', 'z.record(z.string(), z.string())', 'unknown'],
    ['z.string().transform(Number)', 'z.string().transform(Number)', 'equal'],
    ['z.string().transform(Number)', 'z.string().transform(String)', 'unknown'],
    ['z.string()', 'z.string().transform(Number)', 'unknown'],
  ])('%s, then %s: %s', (before, after, expected) => expect(relation(before, after)).toBe(expected));
});

describe('objects', () => {
  it.each([
    [
      'a field that may be absent',
      'z.object({ a: z.int() })',
      'z.object({ a: z.int(), b: z.string().optional() })',
      'equal',
    ],
    ['a field that must be there', 'z.object({ a: z.int() })', 'z.object({ a: z.int(), b: z.string() })', 'narrower'],
    ['a field taken away', 'z.object({ a: z.int(), b: z.int() })', 'z.object({ a: z.int() })', 'drops'],
    [
      'a field with another name',
      'z.object({ a: z.int().default(0) })',
      'z.object({ b: z.int().default(0) })',
      'drops',
    ],
    [
      'a field of a strict object taken away',
      'z.strictObject({ a: z.int(), b: z.int() })',
      'z.strictObject({ a: z.int() })',
      'unknown',
    ],
    ['a field that accepts less', 'z.object({ a: z.number() })', 'z.object({ a: z.int() })', 'narrower'],
    [
      'one more and one less',
      'z.object({ a: z.number(), b: z.int() })',
      'z.object({ a: z.int(), b: z.number() })',
      'unknown',
    ],
    ['a record instead', 'z.object({ a: z.int() })', 'z.record(z.string(), z.number())', 'wider'],
  ])('%s', (_, before, after, expected) => expect(relation(before, after)).toBe(expected));

  it('follows declarations, and what is made of them', () => {
    const before = system({
      Order: 'z.object({ id: z.string(), lines: z.array(Line) })',
      Line: 'z.object({ sku: z.string() })',
    });
    const after = system({
      Order: 'z.object({ id: z.string(), lines: z.array(Line) })',
      Line: 'z.object({ sku: z.string(), count: z.int() })',
    });
    expect(relation('Order', 'Order', before, after)).toBe('narrower');
    expect(relation('Order.pick({ id: true })', 'z.object({ id: z.string() })', before)).toBe('equal');
    expect(relation("Order.omit({ 'lines': true })", 'Order.pick({ id: true })', before)).not.toBe('narrower');
    expect(relation('Order.extend({ at: z.number() })', 'Order', before)).toBe('drops');
    expect(relation('Order.partial()', 'Order', before)).toBe('narrower');
    expect(relation('Order.shape.lines', 'z.array(z.object({ sku: z.string() }))', before)).toBe('equal');
    expect(relation('z.object({ ...Order.shape })', 'Order', before)).toBe('equal');
  });

  it('ends for a schema that reaches itself', () => {
    const model = system({ Tree: 'z.object({ get children() { return z.array(Tree) } })', Loop: 'Loop' });
    expect(relation('Tree', 'Tree', model)).toBe('equal');
    expect(relation('Loop', 'Tree', model)).toBe('unknown');
  });
});

it('has no rule for a method that zod does not have', async () => {
  const { z } = await import('zod');
  const text = readFileSync(new URL('read-shape.ts', import.meta.url), 'utf8');
  const listed = /new Set\(\s*'([a-zA-Z ]+)'/.exec(text)?.[1]?.split(' ') ?? [];
  expect(listed.length).toBeGreaterThan(20);
  const owners = [z.string(), z.number(), z.array(z.int())] as readonly object[];
  expect(listed.filter((name) => !owners.some((owner) => name in owner))).toEqual([]);
});
