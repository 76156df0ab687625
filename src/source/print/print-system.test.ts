import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashSystem, type SystemModel } from 'millrace/model';
import { readSystem } from 'millrace/source';
import { expect, test } from 'vitest';
import { root } from '../../../test/support/type-check.ts';
import { basics, modelOf } from '../fixtures/read-text.ts';
import { printSystem } from './print-system.ts';
import { difference } from './same.ts';

const files = [
  'dsl-examples/orders/orders.dsl.ts',
  'dsl-examples/review/review.dsl.ts',
  'dsl-examples/ingest/ingest.dsl.ts',
  'dsl-examples/releases/releases.dsl.ts',
  'templates/init/hello/hello.dsl.ts',
  'templates/init/orders/orders.dsl.ts',
  'test/language/everything.dsl.ts',
  'test/machine/fixtures/everything.dsl.ts',
];

/** Prints, reads what was printed, and compares. Gives the text. */
async function roundTrip(system: SystemModel, path: string): Promise<string> {
  const { text = '', diagnostics } = printSystem(system);
  expect(diagnostics).toEqual([]);
  const readFile = (each: string): string => (each === path ? text : readFileSync(each, 'utf8'));
  const again = await readSystem(path, { readFile });
  expect(again.diagnostics.filter(({ code }) => !impure.has(code))).toEqual([]);
  const model = again.system as SystemModel;
  expect(difference(system, model)).toBeUndefined();
  expect(hashSystem(model)).toBe(hashSystem(system));
  // What was printed is printed as it was.
  expect(printSystem(model).text).toBe(text);
  expect(text).not.toMatch(/\n\n\n|[ \t]\n/);
  return text;
}

/** What random lambdas do now and then. */
const impure = new Set(['MR1407']);

test.each(files)('%s: what is printed reads as the same system', async (file) => {
  const path = join(root, file);
  const { system } = await readSystem(path);
  const text = await roundTrip(system as SystemModel, path);
  const isCode = (line: string): boolean => !/^ *(?:\/\*)?\*/.test(line);
  const long = text.split('\n').filter((line) => line.length > 120 && isCode(line));
  if (!file.startsWith('test/')) expect(long).toEqual([]);
});

test('what people write by hand is kept: names of constants, order, comments', async () => {
  const model = await modelOf(`${basics}
/** Long ago. */
const limit = 3;
/**
 * More than one line.
 *
 *   - indented
 */
export const pay = flow('pay', { input: z.object({ id: z.string() }) }, (f) => f
  .step('a', ({ input }) => charge(input))
  .branch('b', ({ a }) => a.paymentId.length > limit, { true: (f) => f, false: (f) => f.sleep('c', '1s') }));
`);
  expect(printSystem(model).text).toBe(`import { event, flow, system, task } from 'millrace';
import { z } from 'zod';

export default system('s', { version: '1.0.0' });

/** Long ago. */
const limit = 3;

export const placed = event('placed', { payload: z.object({ id: z.string() }) });

export const charge = task('charge', {
  input: z.object({ id: z.string() }),
  output: z.object({ paymentId: z.string() }),
});

export const refund = task('refund', { input: z.object({ paymentId: z.string() }), output: z.void() });

/**
 * More than one line.
 *
 *   - indented
 */
export const pay = flow('pay', { input: z.object({ id: z.string() }) }, (f) => f
  .step('a', ({ input }) => charge(input))
  .branch('b', ({ a }) => a.paymentId.length > limit, {
    true: (f) => f,
    false: (f) => f.sleep('c', '1s'),
  }));
`);
});

test.each([
  [
    'names that are taken',
    `const charge_ = 1; const task2 = 'x';
export const machine_ = event('machine', { payload: z.object({ id: z.literal(charge_) }), metadata: { task2 } });
export const event2 = event('event', { payload: z.object({ id: z.string() }) });
export const z2 = task('z', { input: z.any(), output: z.any() });
export const fn = flow('f', { input: z.any() }, (f) => f.step('a', () => z2(1)).step('b', () => charge({ id: '' })));
const also = charge;
export const g = flow('g', { input: z.any() }, (f) => f.step('a', () => also({ id: '' })));`,
  ],
  [
    'strings, keys and numbers',
    `export const odd = event('odd', {
  payload: z.object({}),
  description: ' "quoted" \\u2028 \\u0000 it\\'s \\\\ */ ',
  metadata: { ['__proto__']: { a: -0, b: 1e300, c: 0.1, d: null, e: [true, []] }, 'a-b': '日本', '1': 1, 'a b': '\\ud83d' },
  tags: ['it\\'s', { key: 'k', value: 2 }, { key: 'k', value: false, scope: '\\n' }],
});`,
  ],
  [
    'comments that are none',
    `/** @tag only */
export const a = event('a', { payload: z.any(), description: '@tag' });
export const b = event('b', { payload: z.any(), description: '* star' });
export const c = event('c', { payload: z.any(), description: '' });
export const d = event('d', { payload: z.any(), description: ' x' });
export const e = event('e', { payload: z.any(), description: 'one\\n  two \\nthree' });`,
  ],
  [
    'lambdas on several lines',
    `const table = {
  a: 1,
};
export const flowing = flow('flowing', { input: z.object({ id: z.string() }) }, (f) => f
    .step('a', ({ input }) => charge({
          id: \`one
  two \${input.id}
     three\`,
          // A comment.
    }))
    .returns(function ({ a }) {
        const text = \`x
y\`;
        return [text, a.paymentId, table.a];
    }));`,
  ],
  [
    'annotations around calls and lambdas',
    `const isLarge = (scope: { input: { id: string } }): boolean => scope.input.id.length > 3;
export const flowing = flow('flowing', { input: z.object({ id: z.string() }) }, (f) => f
  .step('a', (({ input }: { input: { id: string } }) => charge({ id: input.id })) as never)
  .step('aa', ({ input }) => (charge({ id: (input.id, input.id) })))
  .branch('b', isLarge, { true: (f) => f.returns(() => (1, 2)), false: (f) => f.returns(() => ({ a: 1 }).a) })
  .returns((({ a }): string => { return a.paymentId; }) satisfies unknown));`,
  ],
  [
    'locals that need each other, and destructured ones',
    `const A: z.ZodType<unknown> = z.lazy(() => B);
const B = z.object({ a: A.optional() });
const { one, two: [two] } = { one: 1, two: [2] };
function odd(n: number): boolean { return n === 0 ? false : even(n - 1); }
function even(n: number): boolean;
function even(n: number): boolean { return n === 0 ? true : odd(n - 1); }
type Money = { n: number };
const Money = z.object({ n: z.number() });
export const e = event('e', { payload: z.object({ a: A, b: Money }) });
export const flowing = flow('flowing', { input: z.any() }, (f) => f.returns(({ input }) => [one, two, odd(input as number), input as Money]));`,
  ],
  [
    'machines with everything',
    `export const m = machine('m', {
  key: 'id', context: z.object({ rows: z.array(z.any()).default([]), 'a-b': z.array(z.any()).default([]), n: z.number().default(0) }),
  events: { placed, 'x.y': placed, '1': placed }, creates: [], tasks: { charge, pay: charge },
}).states(['a', 'b'], {
  top: { parallel: true, initial: [], states: {
    r1: { initial: 'a', states: { a: {}, a2: { history: 'shallow', initial: ['a'] }, empty: { states: {} } } },
    r2: { states: { b: { after: { '1s': [] , '2s': ['a', {}] } , run: [{ task: 'pay' }, { task: 'charge', id: 'b.pay', onError: [] }] }, late: { after: [{ delay: '1s' }, { delay: '1s', target: 'a', internal: false }, { delay: ({ context }) => \`\${context.n}s\` }] } } },
  } },
  other: { on: { placed: [], '*': [{}], 'x.*': [{ target: ['a', 'b'] }], '1': { target: [] } }, always: [],
    entry: { do: [{ emit: ({ instanceId }) => placed({ id: instanceId }) }, { assign: () => ({ n: 1 }) }] },
    exit: { assign: () => ({ n: 1 }), emit: [({ instanceId }) => placed({ id: instanceId })], cancel: ['x', ({ context }) => String(context.n)], send: { event: () => placed({ id: '' }), id: 'x' }, do: [
      { forEach: 'context.rows', do: [{ when: ({ item }) => item > 1, do: [{ raise: () => placed({ id: '' }) }], else: [] }, { forEach: 'item.deep-er', do: [] }] },
      { forEach: 'context.a-b', do: [] }, { assign: () => ({ n: 2 }) },
      { send: { event: () => placed({ id: '1' }), id: ({ context }) => String(context.n), target: '#parent' } } ] } },
});`,
  ],
])('%s', async (_name, text) => {
  await roundTrip(await modelOf(`${basics}${text}`), '/project/a.dsl.ts');
});

test('a system of several files becomes one file', async () => {
  const top = "import { event, flow, task } from 'millrace';\nimport { z } from 'zod';\n";
  const files = {
    'a.dsl.ts': `${top}import { system } from 'millrace';
import * as billing from './billing/billing.dsl.ts';
import * as common from './common.ts';
export default system('s', { version: '1.0.0', parts: [billing] });
export const pay = flow('pay', { input: billing.Id }, (f) => f
  .step('a', ({ input }) => billing.charge({ id: input }))
  .returns(() => common.rate));
`,
    'billing/billing.dsl.ts': `${top}import { rate } from '../common.ts';
import { far } from './far.ts';
export const Id = z.string().max(far);
export const charge = task('charge', { input: z.object({ id: Id.max(rate) }), output: z.any() });
`,
    'billing/far.ts': 'export const far = 3;\n',
    'common.ts': 'export const rate = 3;\n',
  };
  const model = await modelOf(files);
  const { text = '', diagnostics } = printSystem(model);
  expect(diagnostics).toEqual([]);
  expect(text.slice(0, text.indexOf('export default'))).toBe(`import { flow, system, task } from 'millrace';
import { z } from 'zod';
import { far } from './billing/far.ts';
import * as common from './common.ts';
import { rate } from './common.ts';

`);
  expect(text).toContain(".step('a', ({ input }) => charge({ id: input }))");
  expect(difference(await modelOf({ ...files, 'a.dsl.ts': text }), model)).toBeUndefined();
});

test('states that the types do not follow so deep are written apart', async () => {
  const model = await modelOf(`${basics}
/** Deep. */
export const deep = machine('deep', { key: 'id', context: z.object({}), events: { placed } }).states('a', {
  a: { initial: 'b', states: { b: { parallel: true, states: { c: { initial: 'd', tags: ['x'], states: { d: { initial: 'e', states: {
    e: { on: { placed: [{ target: 'b' }, { target: 'f', guard: ({ in: isIn }) => isIn('a') }] } } } } } } } } } },
  f: {},
});
`);
  const text = await roundTrip(model, '/project/a.dsl.ts');
  expect(text.slice(text.indexOf('const deepHead')))
    .toBe(`const deepHead = machine('deep', { key: 'id', context: z.object({}), events: { placed } });

const d = part(deepHead, 'e', {
  e: { on: { placed: ['b', { target: 'f', guard: ({ in: isIn }) => isIn('a') }] } },
}, { exits: ['b', 'f', 'a'] });

/** Deep. */
export const deep = deepHead.states('a', {
  a: {
    initial: 'b',
    states: {
      b: {
        parallel: true,
        states: {
          c: {
            tags: ['x'],
            initial: 'd',
            states: {
              d: { ...d },
            },
          },
        },
      },
    },
  },
  f: {},
});
`);
});

test('a machine that starts deep inside says so in a list, as the types want it', async () => {
  const model = await modelOf(`${basics}
export const inside = machine('inside', { key: 'id', context: z.object({}), events: {} }).states(['b'], {
  a: { states: { b: {} } },
});
`);
  expect(await roundTrip(model, '/project/a.dsl.ts')).toContain(".states(['b'], {");
});
