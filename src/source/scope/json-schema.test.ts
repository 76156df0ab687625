import { describe, expect, it } from 'vitest';
import { head, lines, marks, readText } from '../fixtures/read-text.ts';

const event = (schema: string, above = ''): string =>
  `${head}${above}export const e = event('e', { payload: ${schema} });\n`;

describe('a schema of what JSON does not have', () => {
  it.each([
    'z.date()',
    'z.date().optional()',
    'z.bigint()',
    'z.int64()',
    'z.coerce.bigint()',
    'z.map(z.string(), z.string())',
    'z.set(z.string())',
    'z.symbol()',
    'z.function()',
    'z.instanceof(URL)',
    'z.nan()',
    'z.promise(z.string())',
    'z.file()',
  ])('%s', async (schema) => {
    const mark = `MR1124 ${schema.replace('.optional()', '')}`;
    expect(await marks(event(`z.object({ a: z.array(${schema}) })`))).toEqual([mark]);
  });

  it('anywhere: in what it reaches, in every kind of definition', async () => {
    const text = `${head}const At = z.date();
const Order = z.object({ at: At, get next() { return z.set(z.string()); } });
export const t = task('t', { input: z.lazy(() => z.nan()), output: Order.extend({ n: z.bigint().nullable() }) });
export const f = flow('f', { input: Order.shape.at }, (f) => f.returns(() => 1));
export const m = machine('m', { key: 'id', context: z.object({ at: Order }), events: {} }).states('a', { a: {} });
`;
    expect(await marks(text)).toEqual([
      'MR1124 z.date()',
      'MR1124 z.set(z.string())',
      'MR1124 z.nan()',
      'MR1124 z.bigint()',
    ]);
    const files = {
      'a.dsl.ts': event('At', "import { At } from './kit.ts';\n"),
      'kit.ts': "import * as zod from 'zod';\nexport const At = zod.date();\n",
    };
    const [found] = (await readText(files)).diagnostics;
    expect(found).toMatchObject({
      code: 'MR1124',
      file: 'kit.ts',
      hint: expect.stringContaining('z.coerce.date()') as string,
    });
    expect(lines(await readText(files))).toEqual(['MR1124 2:19 `zod.date()` describes what JSON does not have.']);
  });

  it('in a context also what only reading would make', async () => {
    const text = `${head}export const m = machine('m', { key: 'id', context: z.object({ at: z.coerce.date() }), events: {} }).states('a', { a: {} });\n`;
    expect(await marks(text)).toEqual(['MR1124 z.coerce.date()']);
  });

  it.each([
    'z.coerce.date()',
    'z.iso.datetime()',
    'z.string().transform((text) => new Date(text)).pipe(z.date())',
    'z.codec(z.iso.datetime(), z.date(), { decode: (text) => new Date(text), encode: (date) => date.toISOString() })',
    'z.pipe(z.string().transform((text) => new Set([text])), z.set(z.string()))',
    'z.preprocess((value) => new Date(String(value)), z.date())',
    'z.record(z.string(), z.object({ date: z.string(), map: z.any(), set: z.unknown() }))',
    'z.string().refine((text) => z.date().safeParse(text).success)',
  ])('says nothing of %s', async (schema) => {
    expect(await marks(event(schema))).toEqual([]);
  });
});
