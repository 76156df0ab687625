import { describe, expect, it } from 'vitest';
import { head, lines, modelOf, readText } from '../fixtures/read-text.ts';

const top = "import { event, flow, task } from 'millrace';\nimport { z } from 'zod';\n";
const withParts = (parts: string): string => head.replace("'1.0.0' }", `'1.0.0', parts: [${parts}] }`);

const files = {
  'a.dsl.ts': `${withParts('billing')}import * as billing from './billing/billing.dsl.ts';
import { Money as Cash, fee } from './billing/billing.dsl.ts';
import { shipped } from './ship.dsl.ts';
import * as common from './common.dsl.ts';
export { shipped } from './ship.dsl.ts';
export * from './star.dsl.ts';
export const f = flow('f', { input: Cash }, (f) => f
  .step('a', ({ input }) => billing.charge({ m: input }))
  .emit('c', () => shipped({}))
  .returns(() => fee + common.double(common.rate)));
`,
  'billing/billing.dsl.ts': `${top}export const Money = z.object({ n: z.number() });\nexport const fee = 5;\nexport const charge = task('charge', { input: z.object({ m: Money }), output: z.any() });\n`,
  'ship.dsl.ts': `${top}export const shipped = event('shipped', { payload: z.any() });\nexport const lost = event('lost', { payload: z.any() });\n`,
  'star.dsl.ts': `${top}export const star = event('star', { payload: z.any() });\n`,
  'common.dsl.ts': `export const rate = 3;\nexport const double = (n: number): number => n * 2;\nexport type T = string;\n`,
};

describe('a system of several files', () => {
  it('has the members of its parts and what it exports again', async () => {
    const { system, diagnostics, files: read } = await readText(files);
    expect(diagnostics).toEqual([]);
    expect(Object.keys(system?.events ?? {})).toEqual(['shipped', 'star']);
    expect(Object.keys(system?.tasks ?? {})).toEqual(['charge']);
    expect(system?.tasks['charge']?.location).toEqual({
      file: 'billing/billing.dsl.ts',
      line: 5,
      column: 14,
      endLine: 5,
      endColumn: 89,
    });
    expect(system?.files[0]).toBe('a.dsl.ts');
    expect(system?.files.toSorted()).toEqual(Object.keys(files).toSorted());
    expect(read).toEqual(system?.files.map((file) => `/project/${file}`));
  });

  it('copies what other DSL files declare, under the names used here', async () => {
    const { locals, flows } = await modelOf(files);
    expect(Object.values(locals).map(({ text }) => text)).toEqual([
      'const Cash = Money;',
      'const Money = z.object({ n: z.number() });',
      'const common = { rate, double };',
      'const double = (n: number): number => n * 2;',
      'const fee = 5;',
      'const rate = 3;',
    ]);
    expect(flows['f']?.input).toMatchObject({ text: 'Cash', uses: ['Cash', 'Money', 'z'] });
    expect(flows['f']?.body.steps[0]).toMatchObject({ call: { target: { kind: 'task', name: 'charge' } } });
  });

  it('other names for what is a value and a type, and for generic types', async () => {
    const model = await modelOf({
      'a.dsl.ts': `${head}import { Order as O, Box as B, Level as L } from './b.ts';\nexport const f = flow('f', { input: O }, (f) => f.returns(({ input }) => (input as unknown as B<O, 1>).of ?? L.Low));`,
      'b.ts': `${top}export const Order = z.object({});\nexport type Order = z.infer<typeof Order>;\nexport interface Box<T, U extends number = 2> { of?: T; n: U }\nexport enum Level { Low }\nexport const e = event('e', { payload: Order });`,
    });
    const texts = Object.fromEntries(
      Object.entries(model.locals).map(([name, { text, typeOnly }]) => [name, [text, typeOnly]]),
    );
    expect(texts).toMatchObject({
      O: ['const O = Order;\ntype O = Order;', false],
      B: ['type B<T, U extends number = 2> = Box<T, U>;', true],
      L: ['const L = Level;\ntype L = Level;', false],
    });
    // The file declares an event: compiled code must not import it.
    expect(Object.keys(model.imports)).toEqual(['z']);
  });

  it('one name for two things', async () => {
    const line = (type: string): string =>
      `const Line = z.${type}();\nexport const e_${type} = event('${type}', { payload: Line });\n`;
    const make = (a: string, b: string): Record<string, string> => ({
      'a.dsl.ts': `${withParts('b')}import * as b from './b.dsl.ts';\n${line(a)}`,
      'b.dsl.ts': top + line(b).replace('e_', 'f_').replace(`'${b}'`, "'other'"),
    });
    const { diagnostics } = await readText(make('string', 'number'));
    expect(diagnostics).toMatchObject([
      { code: 'MR1110', file: 'b.dsl.ts', line: 4, related: [{ file: 'a.dsl.ts', line: 6 }] },
    ]);
    expect((await readText(make('string', 'string'))).diagnostics).toEqual([]);
  });

  it('a definition of a file that is no part', async () => {
    const { diagnostics } = await readText({
      'a.dsl.ts': `${head}import { lost } from './ship.dsl.ts';\nexport const f = flow('f', { input: z.any() }, (f) => f.emit('e', () => lost({})).emit('e2', () => lost({})));`,
      'ship.dsl.ts': files['ship.dsl.ts'],
    });
    expect(diagnostics).toMatchObject([{ code: 'MR1014', line: 5, related: [{ file: 'ship.dsl.ts', line: 4 }] }]);
  });

  it('files that import each other', async () => {
    const result = await readText({
      'a.dsl.ts': `${withParts('b')}import * as b from './b.dsl.ts';`,
      'b.dsl.ts': "import './c.dsl.ts';\nexport const x = 1;",
      'c.dsl.ts': "import type { T } from './b.dsl.ts';\nimport { e } from './a.dsl.ts';\nexport * from './c.dsl.ts';",
    });
    expect(lines(result)).toEqual([
      'MR1008 2:19 These files import each other: a.dsl.ts → b.dsl.ts → c.dsl.ts → a.dsl.ts.',
      'MR1008 3:15 These files import each other: c.dsl.ts → c.dsl.ts.',
    ]);
    expect(result.diagnostics[0]?.related).toHaveLength(2);
  });

  it('what is no part', async () => {
    const text = `${withParts("b, {}, c, q, 'x'")}import { b } from './b.dsl.ts';\nimport * as c from 'c';\nimport * as q from './q.dsl.ts';`;
    expect(lines(await readText({ 'a.dsl.ts': text, 'b.dsl.ts': 'export const b = 1;' }))).toEqual([
      "MR1119 3:56 'b' is not a file of this system.",
      "MR1119 3:59 '{}' is not a file of this system.",
      "MR1119 3:63 'c' is not a relative path.",
      "MR1119 3:69 ''x'' is not a file of this system.",
      "MR1001 6:8 There is no file 'q.dsl.ts'.",
    ]);
  });

  it('specifiers as TypeScript resolves them', async () => {
    for (const specifier of ['./b.dsl.ts', './b.dsl.js', './b.dsl', './lib']) {
      const text = `${withParts('b')}import * as b from '${specifier}';`;
      expect(
        Object.keys(
          (await modelOf({ 'a.dsl.ts': text, 'b.dsl.ts': files['star.dsl.ts'], 'lib/index.ts': files['star.dsl.ts'] }))
            .events,
        ),
        specifier,
      ).toEqual(['star']);
    }
  });
});
