import { describe, expect, it } from 'vitest';
import { basics, head, marks, readText } from '../fixtures/read-text.ts';

/** The problems of a lambda's body, in a flow. */
const inFlow = async (body: string, above = ''): Promise<string[]> =>
  marks(
    `${basics}${above}\nexport const f = flow('f', { input: z.any() }, (f) => f.returns(({ input }) => ${body}));\n`,
  );

describe('what a pure lambda cannot do', () => {
  it.each([
    ['MR1401 Date.now', 'Date.now()'],
    ['MR1401 new Date()', 'new Date()'],
    ['MR1401 new Date', '(new Date).getTime()'],
    ['MR1401 Date()', 'Date()'],
    ['MR1401 Date.now', '[1].map(Date.now)'],
    ["MR1401 Date['now']", "Date['now']()"],
    ['MR1401 performance', 'performance.now()'],
    ['MR1401 Temporal.Now', 'Temporal.Now.instant()'],
    ['MR1402 Math.random', 'Math.random()'],
    ['MR1402 crypto', 'crypto.randomUUID()'],
    ['MR1403 fetch', "fetch('https://x.test')"],
    ['MR1403 process', 'process.env.HOME'],
    ['MR1403 console', 'console.log(input)'],
    ['MR1403 import', "import('./x.ts')"],
    ['MR1403 import.meta', 'import.meta.url'],
    ['MR1403 require', "require('fs')"],
    ['MR1404 Promise', 'Promise.resolve(1)'],
    ['MR1404 async', '(async () => 1)()'],
    ['MR1405 this', 'this.x'],
    ['MR1409 setTimeout', 'setTimeout(() => 1, 5)'],
    ['MR1410 globalThis', 'globalThis.x'],
    ['MR1410 eval', "eval('1')"],
    ['MR1410 Function', "new Function('return 1')()"],
    ['MR1115 nowhere', 'nowhere + 1'],
    ['MR1401 Date', '{ const D = Date; return D.now(); }'],
    ['MR1402 Math', '{ const M = Math; return M.random(); }'],
    ['MR1402 Math', '[Math][0]!.random()'],
    ['MR1402 Math', "Math['ran' + 'dom']()"],
    ['MR1401 Date', 'Reflect.construct(Date, [])'],
    ['MR1410 globalThis', 'globalThis.Date.now()'],
    ['MR1401 new Intl.DateTimeFormat().format()', 'new Intl.DateTimeFormat().format()'],
    ["MR1401 Intl.DateTimeFormat('de').formatToParts()", "Intl.DateTimeFormat('de').formatToParts()"],
    ['MR1401 format.format()', '{ const format = new Intl.DateTimeFormat(); return format.format(); }'],
  ])('%s', async (problem, body) => {
    expect(await inFlow(body)).toEqual([problem]);
  });

  it('an async lambda, and await in it', async () => {
    const text = `${basics}export const f = flow('f', { input: z.any() }, (f) => f.returns(async ({ input }) => await input));`;
    expect(await marks(text)).toEqual(['MR1404 async', 'MR1404 await input']);
    expect(await inFlow('{ const { random } = Math; return random(); }')).toEqual(['MR1402 random']);
  });

  it.each([
    'new Date(input.at).getTime()',
    'Date.parse(input.at) + Date.UTC(2020, 1)',
    'input instanceof Date',
    'input.constructor === Date ? typeof Date : 1',
    'new Intl.DateTimeFormat().format(input)',
    'input.format()',
    '{ const { max } = Math; return max(1, 2); }',
    '{ const seen = new Set<string>(); seen.add(input); seen.clear(); return seen.size; }',
    'z.string().pipe(z.instanceof(Date)).safeParse(input)',
    'input.search.set(1)',
    'Math.max(1, 2) + Math.round(input)',
    'JSON.stringify(input)',
    '[1, 2].map((fetch) => fetch + 1)',
    '{ const process = input; return process.env; }',
    '((console: { log(x: number): number }) => console.log(1))(input)',
    'function () { return this; }',
    '({ get: function () { return arguments.length; } })',
    'structuredClone(input)',
    '`${input.a} ${input.b}`',
    '(input as z.infer<typeof z.any>).Date.now()',
    'input.fetch().then(undefined)',
    '{ let n = 0; for (const x of input) n += x; return n; }',
    '{ const list: number[] = []; list.push(1); return list; }',
    'input.list.reduce((sum: Record<string, number>, x: string) => { sum[x] = 1; return sum; }, {})',
    '{ label: for (let i = 0; i < 3; i++) { if (i) continue label; } return 1; }',
    '{ try { return input(); } catch (error) { return String(error); } }',
    '{ function inner(a: number): number { return a > 0 ? inner(a - 1) : 0; } return inner(3); }',
    '{ class Box { #x = 1; get x() { return this.#x; } } return new Box().x; }',
    '[...input.lines].sort()',
    'input.lines.map((x: number) => x).sort()',
    '{ type A = { Date: number }; const a: A = input; return a; }',
  ])('may do: %s', async (body) => {
    expect(await inFlow(body)).toEqual([]);
  });
});

describe('what is hidden behind a constant of the file', () => {
  it.each([
    ['MR1401 Date', 'const D = Date;', 'D.now()'],
    ['MR1402 Math', 'const M = Math;', 'M.random()'],
    ["MR1407 seen.set('a', 1)", 'const seen = new Map();', "{ seen.set('a', 1); return 1; }"],
    ['MR1407 seen.add(1)', 'const seen = new Set([1]);', '{ seen.add(1); return 1; }'],
    ['MR1407 seen.delete(input)', 'const seen = new WeakMap();', 'seen.delete(input)'],
    ['MR1407 all.seen.clear()', 'const all = { seen: new Map() } as const;', '{ all.seen.clear(); return 1; }'],
    ['MR1401 shown.format()', 'const shown = new Intl.DateTimeFormat();', 'shown.format()'],
  ])('%s', async (problem, above, body) => {
    expect(await inFlow(body, above)).toEqual([problem]);
  });

  it('nothing is said of reading', async () => {
    const above = 'const known = new Map([[1, 2]]);\nconst shop = { set: (n: number) => n };';
    expect(await inFlow('Object.assign({}, input)')).toEqual([]);
    expect(await inFlow('known.get(input) ?? known.has(1) ?? shop.set(1)', above)).toEqual([]);
  });
});

describe('what changes something outside', () => {
  it.each([
    ['MR1407 input.n++', '{ input.n++; return 1; }'],
    ['MR1407 input.n = 1', '{ input.n = 1; return 1; }'],
    ['MR1407 delete input.n', '{ delete input.n; return 1; }'],
    ['MR1407 input.lines.sort()', 'input.lines.sort()'],
    ['MR1407 input.push(1)', 'input.push(1)'],
    ['MR1407 [limits.a] = [2]', '{ [limits.a] = [2]; return 1; }'],
    ['MR1407 Object.assign(input, limits)', 'Object.assign(input, limits)'],
    ["MR1407 Reflect.set(limits, 'a', 2)", "Reflect.set(limits, 'a', 2)"],
    ['MR1407 limits.a = 2', '{ limits.a = 2; return 1; }'],
    ['MR1407 ({ a: limits.a } = input)', '({ a: limits.a } = input)'],
  ])('%s', async (problem, body) => {
    const found = await inFlow(body, 'const limits = { a: 1 };');
    expect(found).toEqual([problem.replace(/^(MR1407) \((.*)\)$/, '$1 $2')]);
  });

  it.each([
    ['items.push(1)', '{ const { items } = input; items.push(1); return items; }'],
    ['items.push(1)', '{ const items = input.items; items.push(1); return items; }'],
    ['items.push(1)', '{ const items = input.items ?? []; items.push(1); return items; }'],
    ['last.n = 1', '{ const [, { last }] = input.items; last.n = 1; return last; }'],
    ['deep.n = 1', '{ const items = input.items; const deep = items[0]; deep.n = 1; return 1; }'],
    ['item.n = 1', '{ for (const item of input.items) item.n = 1; return 1; }'],
    ['delete item.n', 'input.items.map((item: any) => { delete item.n; return item; })'],
    ['item.n++', 'input.items.reduce((sum: number, item: any) => sum + item.n++, 0)'],
    ['found.n = 2', '{ const found = input.items.find((x: any) => x.n === 1); found.n = 2; return 1; }'],
    ['input.items.at(-1)!.n = 2', '{ input.items.at(-1)!.n = 2; return 1; }'],
    ['(input.items satisfies any).push(1)', '{ (input.items satisfies any).push(1); return 1; }'],
    ['a.n = 1', '{ const { a } = limits; a.n = 1; return 1; }'],
    ['input.items', 'add(input.items)'],
    ['input', 'clear(input)'],
    ['input.items', 'twice(input.items)'],
    ['limits', 'clear(limits)'],
  ])('MR1407 %s, under another name: %s', async (mark, body) => {
    const above = `const limits: any = { a: 1 };
function add(list: number[]) { list.push(1); return list; }
const clear = ({ items }: any) => { items.length = 0; return items; };
const twice = (list: number[]) => { const same = list; same.reverse(); return same; };`;
    expect(await inFlow(body, above)).toEqual([`MR1407 ${mark}`]);
  });

  it.each([
    '{ const items = [...input.items]; items.push(1); return items; }',
    '{ const { id, ...rest } = input; rest.n = 1; return rest; }',
    '{ let item = input.first; item = {}; item.n = 1; return item; }',
    '{ const items = input.items; return items.map((x: any) => ({ ...x, n: 1 })); }',
    '{ for (const item of input.items.map((x: any) => ({ ...x }))) item.n = 1; return 1; }',
    '{ const items = input.items; { const items: number[] = []; items.push(1); } return items; }',
    'input.items.map((x: any) => ({ ...x })).forEach((x: any) => { x.n = 1; })',
    'input.items.reduce((all: any, x: any) => { all.push(x); return all; }, [])',
    'add([...input.items])',
    'sum(input.items, [])',
  ])('its own may be changed: %s', async (body) => {
    const above = `function add(list: number[]) { list.push(1); return list; }
const sum = (from: number[], to: number[]) => { for (const one of from) to.push(one); return to; };`;
    expect(await inFlow(body, above)).toEqual([]);
  });

  it('a variable is not captured, whether it changes or not', async () => {
    expect(await inFlow('count', 'let count = 0;')).toEqual(['MR1406 count']);
    expect(await inFlow('{ count++; return 1; }', 'var count = 0;')).toEqual(['MR1407 count++', 'MR1406 count']);
  });
});

describe('what is reached through other names', () => {
  it('a function that reads the clock is reported where it does so, once', async () => {
    const text = `${head}
const stamp = () => Date.now();
function label(id: string) { return id + stamp(); }
export const a = flow('a', { input: z.any() }, (f) => f.returns(({ input }) => label(input)).returns(() => label('x')));
export const b = event('b', { payload: z.object({ at: z.number().default(() => stamp()) }) });
`;
    expect(await marks(text)).toEqual(['MR1401 Date.now']);
  });

  it('nothing is said about what no definition reaches', async () => {
    expect(await marks(`${basics}const started = Date.now();\nexport const shown = String(started);\n`)).toEqual([]);
  });

  it('modules of Node', async () => {
    const above = `import { readFileSync } from 'node:fs';\nimport { join } from 'node:path';\nimport * as crypto from 'crypto';\nimport { randomUUID, createHash } from 'node:crypto';\nimport { performance as perf } from 'node:perf_hooks';\nimport type { Stats } from 'node:fs';`;
    expect(await inFlow("readFileSync(join('a', 'b'))", above)).toEqual(['MR1403 readFileSync']);
    expect(await inFlow("crypto.createHash('sha256').update(input)", above)).toEqual([]);
    expect(await inFlow('crypto.randomBytes(4)', above)).toEqual(['MR1402 crypto.randomBytes']);
    expect(await inFlow("randomUUID() + createHash('md5')", above)).toEqual(['MR1402 randomUUID']);
    expect(await inFlow('perf.now()', above)).toEqual(['MR1401 perf']);
    expect(await inFlow('input as Stats', above)).toEqual([]);
  });

  it('schemas are pure, too', async () => {
    expect(
      await marks(
        `${head}export const e = event('e', { payload: z.string().default(() => new Date().toISOString()) });`,
      ),
    ).toEqual(['MR1401 new Date()']);
    expect(await marks(`${head}export const e = event('e', { payload: z.string().refine(async (x) => x) });`)).toEqual([
      'MR1404 async',
    ]);
    expect(
      await marks(`${head}export const e = event('e', { payload: z.string().transform((d) => new Date(d)) });`),
    ).toEqual([]);
  });
});

describe('definitions in lambdas', () => {
  it.each([
    ['MR1408 charge', "charge({ id: 'x' })"],
    ['MR1408 charge', 'charge.input.parse(input)'],
    ['MR1408 placed', 'input as z.infer<typeof placed.payload>'],
    ['MR1408 task', "task('x', {})"],
    ['MR1408 order', 'order', "const order = machine('m', { key: 'id', context: z.any(), events: {} });"],
  ])('%s in %s', async (problem, body, above = '') => {
    expect((await inFlow(body, above)).filter((line) => line.startsWith('MR1408'))).toEqual([problem]);
  });

  it('in the argument of a call', async () => {
    const text = `${basics}export const f = flow('f', { input: z.any() }, (f) => f.step('a', () => charge({ id: refund({ paymentId: 'x' }) })));`;
    expect(await marks(text)).toEqual(['MR1408 refund']);
  });

  it('says what to do', async () => {
    const { diagnostics } = await readText(
      `${basics}export const f = flow('f', { input: z.any() }, (f) => f.returns(() => Date.now()));`,
    );
    expect(diagnostics[0]).toMatchObject({
      hint: expect.stringContaining('Take `now` from the scope') as string,
      severity: 'error',
      file: 'a.dsl.ts',
    });
  });
});
