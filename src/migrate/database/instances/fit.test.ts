import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fit } from './fit.ts';

const of = (schema: z.ZodType, stored: unknown): unknown => {
  const fitted = fit(schema, stored);
  return fitted.ok ? fitted.value : fitted;
};
const kept = (value: unknown, dropped: readonly string[] = []): unknown => ({ value, dropped });

describe('a stored context in a new schema', () => {
  it('stays the very value where the schema gives the same, in whatever order', () => {
    const stored = { b: 1, a: 2 };
    const fitted = fit(z.object({ a: z.number(), b: z.number() }), stored);
    expect(fitted.ok && fitted.value.value).toBe(stored);
  });

  it('is not transformed again', () => {
    const twice = z.number().transform((n) => n * 2);
    expect(of(z.object({ n: twice }), { n: 10 })).toEqual(kept({ n: 10 }));
    expect(of(z.object({ rows: z.array(z.object({ n: twice })) }), { rows: [{ n: 1 }, { n: 2 }] })).toEqual(
      kept({ rows: [{ n: 1 }, { n: 2 }] }),
    );
    const text = z.object({ at: z.string().transform((at) => at.length) });
    expect(of(text, { at: 'noon' })).toEqual(kept({ at: 'noon' }));
  });

  it('gets the fields that are missing, also beside one that is transformed', () => {
    const row = z.object({ n: z.number().default(0), tag: z.object({ name: z.string().default('x') }).optional() });
    expect(of(z.object({ rows: z.array(row), unit: z.string().default('EUR') }), { rows: [{}, { tag: {} }] })).toEqual(
      kept({ rows: [{ n: 0 }, { n: 0, tag: { name: 'x' } }], unit: 'EUR' }),
    );
    const mixed = z.object({
      n: z.number().transform((n) => n + 1),
      rows: z.array(row),
    });
    expect(of(mixed, { n: 1, rows: [{ n: 5, more: true }], old: 1 })).toEqual(
      kept({ n: 1, rows: [{ n: 5, more: true }], old: 1 }),
    );
    expect(of(mixed, { n: 1, rows: [{}] })).toEqual(kept({ n: 1, rows: [{ n: 0 }] }));
  });

  it('is what the schema makes of it where that stays the same, and says which fields went', () => {
    const schema = z.object({
      n: z.coerce.number(),
      rows: z.array(z.object({ sku: z.string() })),
      kind: z.enum(['a', 'b']).catch('a'),
    });
    expect(
      of(schema, {
        n: '5',
        rows: [
          { sku: 'x', note: 1 },
          { sku: 'y', note: 2 },
        ],
        kind: 'c',
        old: {},
      }),
    ).toEqual(kept({ n: 5, rows: [{ sku: 'x' }, { sku: 'y' }], kind: 'a' }, ['rows[].note', 'old']));
  });

  it('keeps a field of the name __proto__', () => {
    const stored: unknown = JSON.parse('{"n":1,"by":{"__proto__":3}}');
    const fitted = fit(
      z.object({
        n: z.number().transform((n) => n + 1),
        by: z.record(z.string(), z.number()),
        m: z.number().default(1),
      }),
      stored,
    );
    expect(JSON.stringify(fitted.ok && fitted.value.value)).toBe('{"n":1,"by":{"__proto__":3},"m":1}');
  });

  it('is refused where it does not fit, or is no JSON then', () => {
    expect(of(z.object({ n: z.number() }), { n: '5' })).toMatchObject({
      ok: false,
      problems: expect.stringMatching(/^its context does not fit: n: /),
    });
    expect(of(z.object({ n: z.bigint().default(1n) }), {})).toMatchObject({
      ok: false,
      problems: expect.stringMatching(/^its context is not JSON: /),
    });
  });
});
