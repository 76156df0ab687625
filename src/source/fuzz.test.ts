import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemSchema } from '../model/index.ts';
import { readText } from './fixtures/read-text.ts';

const sources = ['orders', 'ingest', 'review', 'releases'].map((name) =>
  readFileSync(new URL(`../../dsl-examples/${name}/${name}.dsl.ts`, import.meta.url), 'utf8').split(/(\b|\s+)/),
);
const bits = [
  '(',
  ')',
  '{',
  '}',
  '=>',
  ',',
  "'",
  "''",
  '`',
  '...',
  'const ',
  ' as const',
  '[x]',
  'async ',
  'undefined',
  '.',
  ';',
  '/*',
  '*/',
  '\u2028',
  '😀',
  'this',
  '5',
  'null',
  'get ',
  'class ',
  '<',
];

/** One of the examples with a few words taken out, put in or replaced. */
const broken = fc
  .tuple(
    fc.constantFrom(...sources),
    fc.array(fc.tuple(fc.nat(), fc.nat(4), fc.option(fc.constantFrom(...bits))), { minLength: 1, maxLength: 4 }),
  )
  .map(([tokens, changes]) => {
    const text = [...tokens];
    for (const [at, count, bit] of changes) text.splice(at % text.length, count, ...(bit === null ? [] : [bit]));
    return text.join('');
  });

describe('whatever the file says', () => {
  it('reading never throws, marks real places, and a model is always a model', async () => {
    await fc.assert(
      fc.asyncProperty(broken, async (text) => {
        const { system, diagnostics } = await readText(text);
        if (system !== undefined) expect(systemSchema.safeParse(system).error?.issues).toBeUndefined();
        const rows = text.split(/\r\n|[\n\r\u2028\u2029]/);
        for (const { line, column, endLine, endColumn } of diagnostics) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(endLine > line || (endLine === line && endColumn >= column)).toBe(true);
          expect(column).toBeLessThanOrEqual((rows[line - 1]?.length ?? 0) + 1);
        }
      }),
      { numRuns: 300, endOnFailure: true },
    );
  });
});
