import { describe, expect, it } from 'vitest';
import type { SystemModel } from '../../model/index.ts';
import { basics, head, lines, modelOf, readText } from '../fixtures/read-text.ts';

const texts = ({ locals }: SystemModel): Record<string, string> =>
  Object.fromEntries(Object.entries(locals).map(([name, { text }]) => [name, text]));
const usesOf = ({ locals }: SystemModel): Record<string, string> =>
  Object.fromEntries(Object.entries(locals).map(([name, { uses }]) => [name, uses.join()]));
const flowUses = (model: SystemModel, name = 'f'): readonly string[] => {
  const step = model.flows[name]?.body.steps[0];
  return step?.kind === 'returns' ? step.value.uses : step?.kind === 'step' ? step.call.lambda.uses : [];
};
const inFlow = (body: string, above: string): string =>
  `${basics}${above}\nexport const f = flow('f', { input: z.any() }, (f) => f.returns(({ input }) => ${body}));\n`;

describe('what an expression uses', () => {
  it('is closed transitively, sorted, and holds only what is reached', async () => {
    const model = await modelOf(
      inFlow(
        'outer(input) + 1',
        `const c = 1;\nconst b = () => c;\nfunction outer(x: number) { return x + b(); }\nconst unused = outer;`,
      ),
    );
    expect(flowUses(model)).toEqual(['b', 'c', 'outer']);
    expect(usesOf(model)).toEqual({ b: 'c', c: '', outer: 'b,c' });
    expect(Object.keys(model.imports)).toEqual(['z']);
  });

  it('functions that need each other', async () => {
    const model = await modelOf(
      inFlow(
        'even(3)',
        `const even = (n: number): boolean => n === 0 || odd(n - 1);\nfunction odd(n: number): boolean { return n !== 0 && even(n - 1); }\nfunction self(n: number): number { return self(n); }`,
      ),
    );
    expect(flowUses(model)).toEqual(['even', 'odd']);
    expect(usesOf(model)).toEqual({ even: 'odd', odd: 'even' });
  });

  it('names of the lambda itself hide those of the file', async () => {
    const above = `const input = 1; const a = 2; const b = 3; type T = string;`;
    for (const body of [
      'input',
      '[1].map((a) => a)',
      '{ const b = 5; return b; }',
      '{ { var b = 1; } return b; }',
      '{ function a(): number { return a(); } return a(); }',
      'input.a.b',
      '({ a: 1, b: 2 })',
      '{ for (const a of input) { if (a) return a; } return 1; }',
      '{ try { return 1; } catch (b) { return b; } }',
      '(<T,>(x: T): T => x)(input)',
      '(({ a: [b = 1], ...a }) => [a, b])(input)',
      '((class a { b = 1; })).name',
    ]) {
      expect(flowUses(await modelOf(inFlow(body, above))), body).toEqual([]);
    }
    for (const [body, uses] of [
      ['a + input.b', 'a'],
      ['({ a })', 'a'],
      ['({ [a]: 1 })', 'a'],
      ['((x = a) => x)()', 'a'],
      ['((x: T) => x)(input)', 'T'],
      ['{ const { [a]: x } = input; return x; }', 'a'],
      ['{ if (input) { const a = 1; return a; } return a; }', 'a'],
      ['`${a}`', 'a'],
      ['input as { x: typeof b }', 'b'],
      ['input satisfies T', 'T'],
      ['{ return a; var c; }', 'a'],
    ] as const) {
      expect(flowUses(await modelOf(inFlow(body, above))).join(), body).toBe(uses);
    }
  });

  it('of a call: those of its argument, not the definition', async () => {
    const model = await modelOf(
      `${basics}const prefix = 'o-';\nexport const f = flow('f', { input: z.any() }, (f) => f.step('a', ({ input }) => charge({ id: prefix + input })));`,
    );
    expect(flowUses(model)).toEqual(['prefix']);
    expect(model.locals).not.toHaveProperty('charge');
  });
});

describe('lambdas, taken apart', () => {
  it.each([
    [
      '({ input, now }) => input + now',
      { parameter: '{ input, now }', reads: ['input', 'now'], body: 'input + now', block: false },
    ],
    ['() => 1', { parameter: '', reads: [], body: '1', block: false }],
    ['scope => scope.input', { parameter: 'scope', body: 'scope.input', block: false }],
    ['({ input: i }) => i', { parameter: '{ input: i }', body: 'i', block: false }],
    ['({ input = 1 }) => input', { parameter: '{ input = 1 }', body: 'input', block: false }],
    ['({ ...all }) => all', { parameter: '{ ...all }', body: 'all', block: false }],
    [
      '({ input }: { input: number }) => (({ a: input }))',
      { parameter: '{ input }: { input: number }', reads: ['input'], body: '{ a: input }', block: false },
    ],
    [
      '({ input }) => { return input; }',
      { parameter: '{ input }', reads: ['input'], body: '{ return input; }', block: true },
    ],
    [
      'function ({ input }) { return input; }',
      { parameter: '{ input }', reads: ['input'], body: '{ return input; }', block: true },
    ],
    ['() => (1, 2)', { parameter: '', reads: [], body: '(1, 2)', block: false }],
    ['(({ input }) => input) as never', { parameter: '{ input }', reads: ['input'], body: 'input', block: false }],
  ])('%s', async (text, parts) => {
    const model = await modelOf(`${head}export const f = flow('f', { input: z.any() }, (f) => f.returns(${text}));`);
    expect(model.flows['f']?.body.steps[0]).toMatchObject({ value: { lambda: parts } });
    expect(model.flows['f']?.body.steps[0]).toHaveProperty('value.lambda', parts);
  });
});

describe('locals', () => {
  it('are whole declarations without export', async () => {
    const above = `export const a = 1, b = 2;
export function over(x: string): number;
export function over(x: number): number;
export function over(x: unknown): number { return Number(x); }
export  async function* gen() { yield a; }
abstract class Base { abstract x: number }
export class Money extends Base implements Named { x = 1 }
export interface Named { name?: string }
interface Named { other?: string }
export type Id = string
export enum Level { Low = 1, High = Low + 1 }
const { x, y: why } = { x: 1, y: 2 };
export const Order = z.object({ id: z.string() });
export type Order = z.infer<typeof Order>;`;
    const model = await modelOf(
      inFlow(
        '[b, over(1), new Money(), 1 as unknown as Id, Level.High, x, why, Order, null as unknown as Order]',
        above,
      ),
    );
    expect(texts(model)).toEqual({
      Base: 'abstract class Base { abstract x: number }',
      Id: 'type Id = string;',
      Level: 'enum Level { Low = 1, High = Low + 1 }',
      Money: 'class Money extends Base implements Named { x = 1 }',
      Named: 'interface Named { name?: string }\ninterface Named { other?: string }',
      Order: 'const Order = z.object({ id: z.string() });\ntype Order = z.infer<typeof Order>;',
      b: 'const b = 2;',
      over: 'function over(x: string): number;\nfunction over(x: number): number;\nfunction over(x: unknown): number { return Number(x); }',
      why: 'const { x, y: why } = { x: 1, y: 2 };',
      x: 'const { x, y: why } = { x: 1, y: 2 };',
    });
    expect(
      Object.values(model.locals)
        .filter(({ typeOnly }) => typeOnly)
        .map(({ name }) => name),
    ).toEqual(['Id', 'Named']);
  });

  it('what cannot be copied is refused', async () => {
    const problem = async (above: string, body: string): Promise<string[]> =>
      lines(await readText(inFlow(body, above)));
    expect(await problem('declare const limit: number;', 'limit')).toEqual([
      expect.stringMatching(/^MR1116 .*'limit', which is only declared/),
    ]);
    expect(await problem('namespace N { export const x = 1; }', 'N.x')).toEqual([
      expect.stringMatching(/^MR1116 .*namespace 'N'/),
    ]);
    expect(await problem('', "input as import('./x.ts').T")).toEqual([
      expect.stringMatching(/^MR1116 .*An import type/),
    ]);
  });
});

describe('imports', () => {
  it('of packages and of other modules stay imports', async () => {
    const model = await modelOf({
      'a.dsl.ts': `import def, * as all from 'pkg';\nimport { one as uno, type Two } from './lib/x.ts';\nimport type { Three } from './lib/x.ts';\nimport 'side';\n${inFlow('[def, all.x, uno(1), 1 as Two | Three]', '')}`,
      'lib/x.ts': 'export const one = (n: number) => n; export type Two = 2; export interface Three {}',
    });
    expect(
      Object.values(model.imports).map(({ name, imported, from, typeOnly }) => [name, imported, from, typeOnly]),
    ).toEqual([
      ['Three', 'Three', './lib/x.ts', true],
      ['Two', 'Two', './lib/x.ts', true],
      ['all', '*', 'pkg', false],
      ['def', 'default', 'pkg', false],
      ['uno', 'one', './lib/x.ts', false],
      ['z', 'z', 'zod', false],
    ]);
  });

  it('that do not exist', async () => {
    const files = {
      'a.dsl.ts': `import { two } from './x.ts';\nimport { three } from './none.ts';\n${inFlow('two + three', '')}`,
      'x.ts': 'export const one = 1;',
    };
    expect(lines(await readText(files))).toEqual([
      "MR1001 2:10 There is no file 'none.ts'.",
      expect.stringMatching(/^MR1115 11:\d+ 'two' cannot be found in '.\/x.ts'/),
    ]);
  });

  it('impurity behind them is found where it is', async () => {
    const result = await readText({
      'a.dsl.ts': `import { label, name } from './label.ts';\n${inFlow('label(input) + name', '')}`,
      'label.ts': `import { readFileSync } from 'node:fs';\nimport { stamp } from './stamp.ts';\nexport const name = 'x';\nexport const label = (x: string) => x + stamp();\nexport const unused = () => readFileSync('x');`,
      'stamp.ts': 'let n = 0;\nexport const stamp = () => Date.now() + n;\nexport const other = () => Math.random();',
    });
    expect(result.diagnostics.map(({ code, file, line }) => `${code} ${file}:${line}`)).toEqual([
      'MR1401 stamp.ts:2',
      'MR1406 stamp.ts:2',
    ]);
  });
});

describe('comments', () => {
  const text = (above: string): string =>
    `${basics}${above}\nexport const f = flow('f', { input: z.any() }, (f) => f.returns(({ input }) => limit(input)));\n`;
  const limitOf = async (above: string): Promise<string | undefined> =>
    (await modelOf(text(above))).locals['limit']?.text;

  it.each([
    ['/** At most. */\nexport const limit = (n: number) => n;', '/** At most. */\nconst limit = (n: number) => n;'],
    [
      '// One.\n/* Two. */\nfunction limit(n: number) { return n; }',
      '// One.\n/* Two. */\nfunction limit(n: number) { return n; }',
    ],
    [
      '/** At most. */\r\nexport function limit(n: number) { return n; }',
      '/** At most. */\nfunction limit(n: number) { return n; }',
    ],
    ['// About all.\n\n// Of it.\nconst limit = (n: number) => n;', '// Of it.\nconst limit = (n: number) => n;'],
    ['// About all.\n\nconst limit = (n: number) => n;', 'const limit = (n: number) => n;'],
    ['const other = 1; // behind it\nconst limit = (n: number) => n;', 'const limit = (n: number) => n;'],
    ['/** Both. */\nconst other = 1, limit = (n: number) => n;', 'const limit = (n: number) => n;'],
  ])('%j', async (above, local) => {
    expect(await limitOf(above)).toBe(local);
  });

  it('do not make two of one constant', async () => {
    const limit = 'export const limit = (n: number) => n;\n';
    const files = {
      'a.dsl.ts': `${text(`/** Here. */\n${limit}`).replace("{ version: '1.0.0' }", "{ version: '1.0.0', parts: [b] }")}import * as b from './b.dsl.ts';\n`,
      'b.dsl.ts': `import { flow } from 'millrace';\nimport { z } from 'zod';\n/** There. */\n${limit}export const g = flow('g', { input: z.any() }, (f) => f.returns(({ input }) => limit(input)));\n`,
    };
    expect((await modelOf(files)).locals['limit']?.text).toMatch(/^\/\*\* (?:Here|There)\. /);
  });
});
