import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { TaskNode } from '../../model/index.ts';
import { checkPolicy } from './check.ts';

const subject = {
  root: '/project',
  file: '/project/tasks/add.ts',
  contracts: '/project/generated/contracts.ts',
  contract: 'add',
  imports: [
    'zod',
    'millrace/tasks',
    'node:crypto',
    'node:path',
    'node:url',
    'node:util',
    '../generated/contracts.ts',
    '../lib/sums.ts',
  ],
  task: { name: 'add', needs: { net: ['sums.test', '*.shop.test'], env: ['UNIT'] } } as unknown as TaskNode,
};
const head =
  "import { implement, NonRetryableError } from 'millrace/tasks';\nimport { add, added } from '../generated/contracts.ts';\n";
const problemsOf = (code: string, more: object = {}) => checkPolicy(code, { ...subject, ...more }).problems;
const ofBody = (body: string, module = '') =>
  problemsOf(
    `${head}${module}export default implement(add, async ({ a, b }, ctx) => {\n${body}\nreturn { sum: a + b };\n});\n`,
  );
const codesOf = (problems: readonly { readonly code: string }[]) => [...new Set(problems.map(({ code }) => code))];

describe('code that is refused', () => {
  it.each([
    // Everything at once.
    ['MR5033', 'process.exit(0);'],
    ['MR5033', 'const { env } = process;'],
    ['MR5033', 'typeof process;'],
    ['MR5033', 'console.log(a);'],
    ['MR5033', "await fetch('https://sums.test');"],
    ['MR5033', 'performance.now();'],
    ['MR5033', 'nobody(a);'],
    ['MR5033', 'setInterval(() => {}, 1);'],
    ['MR5033', '({ process });'],
    ['MR5033', '`${process.version}`;'],
    ['MR5033', 'for (const key in process) a;'],
    ['MR5033', 'class X extends EventEmitter {}'],
    ['MR5032', 'globalThis.x;'],
    ['MR5032', "const g = globalThis; g['process'];"],
    ['MR5032', 'const { process } = globalThis;'],
    ['MR5032', "eval('1');"],
    ['MR5032', "(0, eval)('1');"],
    ['MR5032', "new Function('return 1')();"],
    ['MR5032', "Function('return 1')();"],
    ['MR5032', "require('fs');"],
    ['MR5032', "await import('node:fs');"],
    ['MR5032', "await import('node:' + 'fs');"],
    ['MR5032', 'import.meta.url;'],
    ['MR5032', "(() => {}).constructor('return process')();"],
    ['MR5032', "[].filter.constructor('x');"],
    ['MR5032', "[]['filter']['constructor']('x');"],
    ['MR5032', "[].filter['con' + 'structor']('x');"],
    ['MR5032', "[].filter[`con${'structor'}`]('x');"],
    ['MR5032', "[].filter[['con', 'structor'].join('')]('x');"],
    ['MR5032', "[].filter['con'.concat('structor')]('x');"],
    ['MR5032', "[].filter['CONSTRUCTOR'.toLowerCase()]('x');"],
    ['MR5032', 'const { constructor } = () => {};'],
    ['MR5032', "const { ['constructor']: make } = () => {};"],
    ['MR5032', 'const { constructor: make } = () => {};'],
    ['MR5032', 'Reflect.get(a, b);'],
    ['MR5032', 'new Proxy({}, {});'],
    ['MR5032', 'new WebAssembly.Memory({ initial: 1 });'],
    ['MR5032', 'new SharedArrayBuffer(1);'],
    ['MR5032', 'new WeakRef({});'],
    // Hidden.
    ['MR5035', 'const O = Object;'],
    ['MR5035', 'const { assign } = Object;'],
    ['MR5035', '[Object, Array].map(String);'],
    ['MR5035', 'const f = (o = Object) => o;'],
    ['MR5035', '((o) => o)(Math);'],
    ['MR5035', 'Object.getPrototypeOf(ctx);'],
    ['MR5035', 'Object.setPrototypeOf({}, null);'],
    ['MR5035', "Object.defineProperty({}, 'a', {});"],
    ['MR5035', 'Object.getOwnPropertyDescriptor({}, String(a));'],
    ['MR5035', 'Object[String(a)];'],
    ['MR5035', "Object['def' + 'ineProperty']({}, 'a', {});"],
    ['MR5035', 'const r: Record<string, () => void> = {}; r[String(a)]();'],
    ['MR5035', 'const r: Record<string, () => void> = {}; const f = r[String(a)]; f?.();'],
    ['MR5035', 'const r: Record<string, () => void> = {}; (r[String(a)] ?? r.b)();'],
    ['MR5035', 'const r: Record<string, () => void> = {}; r[String(a)].call(undefined);'],
    ['MR5035', 'const r: Record<string, Record<string, number>> = {}; r[String(a)][String(b)] = 1;'],
    ['MR5035', 'Error.prepareStackTrace = () => 1;'],
    ['MR5035', 'Error.captureStackTrace({});'],
    ['MR5035', "const r: Record<string, () => void> = {}; ['x'].map(r[String(a)]);"],
    ['MR5035', 'const r: Record<string, () => void> = {}; const f = r[String(a)]; Promise.resolve().then(f);'],
    ['MR5035', 'ctx[String(a)];'],
    ['MR5035', 'class D extends Date {} D.now();'],
    ['MR5035', 'class O extends (Object) {} O.getPrototypeOf(a);'],
    ['MR5035', 'const A = Array<number>; A.from([]);'],
    ['MR5033', 'proce\\u0073s.exit();'],
    ['MR5032', "[].filter.con\\u0073tructor('x');"],
    ['MR5032', "[].filter['con\\x73tructor']('x');"],
    ['MR5034', 'const out = add.output; out.parse = () => 1;'],
    ['MR5034', 'const { output } = add; output.parse = () => 1;'],
    ['MR5034', 'const c = ctx; const d = c; d.emit = () => {};'],
    // Not its own.
    ['MR5034', 'Object.is = () => true;'],
    ['MR5034', 'Math.max = Math.min;'],
    ['MR5034', "JSON['stringify'] = () => '';"],
    ['MR5034', 'Array.prototype.map = () => [];'],
    ['MR5034', "({})['__proto__'] = 1;"],
    ['MR5034', '({}).__proto__;'],
    ['MR5034', '({ __proto__: null });'],
    ['MR5034', '[Math.max] = [Math.min];'],
    ['MR5034', '({ a: Math.max } = { a: Math.min });'],
    ['MR5034', 'for (Math.max of []) a;'],
    ['MR5034', 'delete Math.max;'],
    ['MR5034', 'Object.assign(Math, { max: 1 });'],
    ['MR5034', 'add.input = 1;'],
    ['MR5034', 'Object.assign(add, { input: 1 });'],
    ['MR5034', 'ctx.emit = () => {};'],
    ['MR5034', 'Object.assign(ctx, { emit: 1 });'],
    ['MR5034', 'undefined++;'],
    // The time, and chance.
    ['MR5040', 'Date.now();'],
    ['MR5040', "Date['now']();"],
    ['MR5040', 'new Date();'],
    ['MR5040', 'Date();'],
    ['MR5040', 'Math.random();'],
    ['MR5040', 'crypto.randomUUID();'],
    ['MR5040', 'Temporal.Now.instant();'],
    ['MR5040', "new Intl.DateTimeFormat('en').format();"],
    ['MR5040', "const f = Intl.DateTimeFormat('en'); f.formatToParts(undefined);"],
    // Syntax.
    ['MR5030', 'debugger;'],
    ['MR5030', 'const x = ;'],
    ['MR5030', 'class X { constructor(private readonly y: number) {} }'],
    ['MR5041', "const x = 'a\u202eb';"],
    ['MR5041', '// \u2066 x'],
    // Needs.
    ['MR5038', "await ctx.fs.readText('a');"],
    ['MR5038', "ctx.env('PATH');"],
    ['MR5038', "await ctx.fetch('https://evil.test/');"],
    ['MR5038', "ctx.resource('db');"],
  ])('%s %s', (code, body) => {
    expect(codesOf(ofBody(body))).toContain(code);
  });

  it.each([
    'const { [String(a)]: f } = r; f();',
    'const { [String(a)]: { [String(b)]: f } } = r; f();',
    'const g = ({ [String(a)]: f }) => f(); g(r);',
    'let f; f = r[String(a)]; f();',
    'let f; ({ [String(a)]: f } = r); f();',
    'const [f] = [r[String(a)]]; f();',
    'const pick = (of, key) => of[key]; pick(r, String(a))();',
    'function pick(of, key) { return of[key]; } const f = pick(r, String(a)); f();',
    'const o = { f: r[String(a)] }; o.f();',
    'const o = { get f() { return r[String(a)]; } }; o.f();',
    '((f = r[String(a)]) => f())();',
  ])('MR5035 a function that was looked up: %s', (body) => {
    expect(codesOf(ofBody(`const r: Record<string, () => void> = {}; ${body}`))).toContain('MR5035');
  });

  it.each([
    ['MR5031', "import fs from 'node:fs';\n"],
    ['MR5031', "import fs from 'fs';\n"],
    ['MR5031', "import * as all from 'node:crypto';\n"],
    ['MR5031', "import { setEngine } from 'node:crypto';\n"],
    ['MR5031', "import { runAttempt } from 'millrace/tasks';\n"],
    ['MR5031', "import { realWorld } from 'millrace/tasks';\n"],
    ['MR5031', "import * as tasks from 'millrace/tasks';\n"],
    ['MR5031', "import { core } from 'zod';\n"],
    ['MR5031', "import * as zod from 'zod';\n"],
    ['MR5035', "import { z } from 'zod';\nconst D = z.core.Doc;\n"],
    ['MR5035', "import { z } from 'zod';\nconst { core } = z;\n"],
    ['MR5035', "import { z } from 'zod';\nconst all = [z];\n"],
    ['MR5035', "import { z } from 'zod';\nz.config({ jitless: true });\n"],
    ['MR5035', "import { z } from 'zod';\nz['co' + 're'];\n"],
    ['MR5035', "import { z } from 'zod';\nconst key = String(1);\nz[key];\n"],
    ['MR5034', "import { z } from 'zod';\nz.string = () => 1;\n"],
    ['MR5040', "import { randomUUID } from 'node:crypto';\n"],
    ['MR5031', "import x from '../secrets.ts';\n"],
    ['MR5031', "import 'zod';\n"],
    ['MR5031', "export * from 'node:fs';\n"],
    ['MR5031', "type X = import('node:fs').Stats;\n"],
    ['MR5031', "import lodash from 'lodash';\n"],
    ['MR5032', 'const x = import.meta.dirname;\n'],
    ['MR5037', 'export const x = 1;\n'],
    ['MR5037', 'export default 1;\n'],
    ['MR5039', 'let count = 0;\n'],
    ['MR5039', 'var count = 0;\n'],
    ['MR5030', 'enum X { a }\n'],
    ['MR5030', 'namespace X { export const a = 1; }\n'],
  ])('%s at the top: %s', (code, module) => {
    expect(codesOf(ofBody('', module))).toContain(code);
  });

  it.each([
    ['what outlives a call', 'const seen = new Map<number, number>();\n', 'seen.set(a, b);', 'MR5039'],
    ['a list of the module', 'const all: number[] = [];\n', 'all.push(a);', 'MR5039'],
    ['a member of an object of the module', 'const state = { n: 0 };\n', 'state.n += 1;', 'MR5039'],
    ['a member of a function', 'function f() {}\n', 'f.n = 1;', 'MR5039'],
    [
      'what was shadowed somewhere else',
      'function g() { const process = 1; return process; }\n',
      'process.exit();',
      'MR5033',
    ],
  ])('%s', (_name, module, body, code) => {
    expect(codesOf(ofBody(body, module))).toContain(code);
  });

  it.each([
    ['no default export', `${head}`, 'MR5037'],
    ['another contract', `${head}export default implement(added, () => {});`, 'MR5037'],
    [
      'a contract of its own',
      `${head}const mine = add;\nexport default implement(mine, () => ({ sum: 1 }));`,
      'MR5037',
    ],
    [
      'an implement of its own',
      `import { add } from '../generated/contracts.ts';\nconst implement = (a, b) => b;\nexport default implement(add, () => ({ sum: 1 }));`,
      'MR5037',
    ],
    [
      'contracts from elsewhere',
      `import { implement } from 'millrace/tasks';\nimport { add } from '../lib/sums.ts';\nexport default implement(add, () => ({ sum: 1 }));`,
      'MR5037',
    ],
    ['prose', 'Here is your implementation:\n\n```ts\nexport default 1;\n```\n', 'MR5030'],
    ['half a module', `${head}export default implement(add, ({ a, b }) => { return { sum:`, 'MR5030'],
    ['what is too long', `${head}// ${'x'.repeat(200_000)}`, 'MR5030'],
    ['what is too deep', `${head}const x = ${'('.repeat(60_000)}1${')'.repeat(60_000)};`.slice(0, 99_000), 'MR5030'],
    ['nothing', '', 'MR5037'],
  ])('%s', (_name, code, mr) => {
    expect(codesOf(problemsOf(code))).toContain(mr);
  });
});

it('says where', () => {
  expect(ofBody('  const x = 1;\n  process.exit(x);')).toMatchObject([
    { code: 'MR5033', file: 'tasks/add.ts', line: 5, column: 3, severity: 'error' },
  ]);
});

describe('honest code is taken', () => {
  it.each([
    'const rows = [3, 1, 2].toSorted((x, y) => x - y).map(String); const total = rows.length;',
    "const counts: Record<string, number> = {}; for (const word of 'a b a'.split(' ')) counts[word] = (counts[word] ?? 0) + 1;",
    'const grid = [[0]]; for (let i = 0; i < 1; i++) for (let j = 0; j < 1; j++) grid[i][j] = i + j;',
    'const byName = new Map<string, () => number>(); byName.set("a", () => 1); byName.get("a")?.();',
    'const at = new Date(ctx.now()).toISOString(); const then = new Date("2026-01-01T00:00:00Z");',
    'const { [String(a)]: gone, ...rest } = { a, b }; const kept = Object.keys(rest).length;',
    "const of = (row: Record<string, string>, key: string) => row[key] ?? ''; const name = of({ a: 'x' }, String(a)).trim();",
    "class Missing extends Error {} class Wrong<T> extends TypeError {} if (a > 1e9) throw new Missing(new Wrong('x').message);",
    "new Intl.DateTimeFormat('en', { timeZone: 'UTC' }).format(new Date(ctx.now())); new Intl.NumberFormat('en').format(a);",
    'const id = ctx.newId(); ctx.logger.info("made", { id }); ctx.heartbeat();',
    'await ctx.checkpoint({ a }); await ctx.tool("x", { a }, () => 1); await ctx.once("k", {}, () => 1); ctx.emit(added({ sum: a }));',
    'const answer = await ctx.fetch(`https://sums.test/${a}`, { method: "POST", body: JSON.stringify({ a }) }); if (!answer.ok) throw new NonRetryableError("no", { code: "NO" });',
    'const unit = ctx.env("UNIT"); const shops = await ctx.fetch("https://a.shop.test/x");',
    'const error = Object.assign(new Error("no"), { code: "NO" }); if (a > 1e9) throw error;',
    'const copy = Object.assign({}, { a }); const same = Object.is(a, b) || Object.hasOwn(copy, "a"); delete copy.a;',
    'class Money { constructor(readonly_: number) { this.cents = readonly_; } cents: number; static of(n: number) { return new Money(n); } }',
    'const process = { exit: () => 1 }; process.exit();',
    'if (a instanceof Date || Array.isArray(b) || Number.isInteger(a)) return { sum: Math.max(a, b) };',
    '[1, 2].filter(Boolean).map(Number).forEach((n, i, all) => { all[i] = n; });',
    'await Promise.all([1].map(async (n) => n)); const { resolve, promise } = Promise.withResolvers<void>(); resolve(); await promise;',
    'const text = new TextDecoder().decode(new TextEncoder().encode("a")); const url = new URL("https://sums.test"); url.searchParams.set("a", text);',
    'const timer = setTimeout(() => {}, 1); clearTimeout(timer); const x = [..."abc"].reverse().join("");',
    'label: for (const x of [1]) { continue label; } switch (a) { case 1: break; default: }',
    'const t: Record<string, string> = Object.create(null); const key = String(a); t[key] = "x"; const u = "a".replace("a", t[key] ?? "").concat(...Array.from(t[key] ?? "")); [1].reduce((x, y) => x + y, Number(t[u])); void u;',
    'const list = [1]; const other = list; other.push(2); const { items } = { items: [1] }; items.sort(); let count = a; count += 1;',
    'const f = function* () { yield 1; }; for (const x of f()) { void x; } const { length } = "abc";',
    'try { JSON.parse("{"); } catch (error) { if (error instanceof SyntaxError) throw new TypeError("bad", { cause: error }); }',
    'const sorted = { ...{ a: 1 } } satisfies Record<string, number>; const [first, ...others] = [1, 2]; void others; void first; void sorted;',
    'const h = new Intl.NumberFormat("en", { style: "currency", currency: "EUR" }).format(a); const r = /(?<y>\\d+)/u.exec(h)?.groups?.["y"];',
    'const bytes = new Uint8Array(4); bytes[0] = 1; bytes.set([1], 1); const big = BigInt(1) ** 2n; const s = Symbol.iterator in [];',
  ])('%s', (body) => {
    expect(ofBody(body)).toEqual([]);
  });

  it('with constants, helpers, types and shared code of the project', () => {
    const module = `import { createHash } from 'node:crypto';
import { z } from 'zod';
import { sum } from '../lib/sums.ts';
import type { Sum } from '../lib/sums.ts';

const Rate = z.object({ percent: z.number() });
const rates = new Map([['a', 10]]);
const table = { low: 1, high: 2 } as const;
interface Line { readonly cents: number }
type Key = keyof typeof table;
const helper = ({ cents }: Line): number => cents * (rates.get('a') ?? 0);
function hashed(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
`;
    expect(
      ofBody(
        'const key: Key = a > 1 ? "low" : "high"; const rate = table[key]; hashed(String(sum([helper({ cents: rate })]))); Rate.parse({ percent: 1 });',
        module,
      ),
    ).toEqual([]);
  });

  it('with a function that stands by itself', () => {
    expect(
      problemsOf(
        `${head.replace(', NonRetryableError', '').replace(', added', '')}export default implement(add, sum);\nfunction sum({ a, b }: { a: number; b: number }) {\n  return { sum: a + b };\n}\n`,
      ),
    ).toEqual([]);
  });
});

describe('the pages of these codes', () => {
  const folder = fileURLToPath(new URL('../../../docs/errors/', import.meta.url));
  const pages = readdirSync(folder).flatMap((file) => /^(MR50(?:3\d|4[0-3]))\.md$/.exec(file)?.[1] ?? []);
  it.each(pages)('%s: the example has the problem, the mended one has none', (code) => {
    const blocks = [...readFileSync(`${folder}${code}.md`, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(
      ([, text = '']) => text,
    );
    const judge = (text: string) =>
      text.includes('export default')
        ? problemsOf(`${head}${text}`)
        : /^(import|enum|type)/.test(text)
          ? ofBody('', text)
          : ofBody(text);
    expect(codesOf(judge(blocks[0] ?? ''))).toContain(code);
    if (blocks[1] !== undefined) expect(judge(blocks[1])).toEqual([]);
  });
});
