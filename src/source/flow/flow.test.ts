import { describe, expect, it } from 'vitest';
import type { FlowNode, StepNode } from '../../model/index.ts';
import { systemSchema } from '../../model/index.ts';
import { basics, lines, marks, modelOf, readText } from '../fixtures/read-text.ts';

const flowText = (steps: string, above = '', options = ''): string =>
  `${basics}${above}\nexport const f = flow('f', { input: z.object({ id: z.string() })${options} }, (f) => f${steps});\n`;
const flowOf = async (steps: string, above?: string, options?: string): Promise<FlowNode> => {
  const model = await modelOf(flowText(steps, above, options));
  expect(systemSchema.parse(model)).toEqual(model);
  return model.flows['f']!;
};
const stepOf = async (steps: string, above?: string): Promise<StepNode> => (await flowOf(steps, above)).body.steps[0]!;
const problems = async (steps: string, above?: string): Promise<string[]> =>
  lines(await readText(flowText(steps, above))).map((line) => line.replace(/ 9:/, ' '));
const pay = '({ input }) => charge({ id: input.id })';

describe('the options of a flow', () => {
  it('are all read', async () => {
    const options = `, output: z.string(), on: placed, schedule: { cron: '0 5 * * *', timeZone: 'Europe/Berlin' }, http: 'POST /pay', onFailure: ({ input }) => charge({ id: input.id }), timeout: '3d', tags: ['a'], description: 'D', metadata: { a: 1 }, hints: { rules: ['r'] }`;
    expect(await flowOf('', '', options)).toMatchObject({
      description: 'D',
      tags: ['a'],
      metadata: { a: 1 },
      hints: { rules: ['r'] },
      output: { text: 'z.string()' },
      on: 'placed',
      schedule: { cron: '0 5 * * *', timeZone: 'Europe/Berlin' },
      http: 'POST /pay',
      onFailure: { target: { kind: 'task', name: 'charge' }, argument: '{ id: input.id }' },
      timeout: '3d',
    });
  });

  it('starts on a failure', async () => {
    expect(await flowOf('', '', ', on: failed(charge)')).toMatchObject({ on: 'failed.charge' });
  });
});

describe('steps', () => {
  it('step, with everything that it may have', async () => {
    const step = await stepOf(
      `.step('a', ${pay}, { retry: { attempts: 2, jitter: true }, timeout: '1m', onFailure: { fallback: ({ input }) => input } }).undo(({ a }) => refund({ paymentId: a.paymentId }))`,
    );
    expect(step).toMatchObject({
      kind: 'step',
      id: 'a',
      call: {
        target: { kind: 'task', name: 'charge' },
        lambda: {
          text: pay,
          uses: [],
          lambda: { parameter: '{ input }', reads: ['input'], body: 'charge({ id: input.id })', block: false },
        },
        argument: '{ id: input.id }',
        location: { line: 9, column: 103, endColumn: 127 },
      },
      retry: { attempts: 2, jitter: true },
      timeout: '1m',
      onFailure: { fallback: { text: '({ input }) => input' } },
      undo: { target: { name: 'refund' }, argument: '{ paymentId: a.paymentId }' },
      location: { line: 9, column: 78 },
    });
    expect(await stepOf(`.step('a', ${pay}, { onFailure: 'continue' })`)).toMatchObject({ onFailure: 'continue' });
  });

  it.each([
    [
      'parallel',
      `.parallel('p', { x: (f) => f.step('a', ${pay}), y: (g) => g }, { concurrency: 2 })`,
      {
        bodies: [
          { name: 'x', body: { steps: [{ id: 'a' }] } },
          { name: 'y', body: { steps: [] } },
        ],
        concurrency: 2,
      },
    ],
    [
      'branch',
      `.branch('b', ({ input }) => input.id === 'x', { true: (f) => f, false: (f) => f.returns(() => 1) })`,
      { on: { text: "({ input }) => input.id === 'x'" }, cases: [{ name: 'true' }, { name: 'false' }] },
    ],
    [
      'map',
      `.map('m', ({ input }) => [input.id], (f) => f.step('a', ({ item }) => charge({ id: item })), { concurrency: 3 })`,
      { over: { kind: 'expression' }, body: { steps: [{ id: 'a' }] }, concurrency: 3 },
    ],
    [
      'repeat',
      `.repeat('r', (f) => f.step('a', ${pay}), { until: ({ value }) => value, max: 5, delay: '1s' })`,
      { until: { lambda: { reads: ['value'] } }, max: 5, delay: '1s' },
    ],
    [
      'graph',
      `.graph('g', (g) => g.node('a', ${pay}).node('b', ${pay}, { needs: ['a'] }), { concurrency: 2, onFailure: 'skip' })`,
      {
        nodes: [
          { name: 'a', needs: [] },
          { name: 'b', needs: ['a'] },
        ],
        concurrency: 2,
        onFailure: 'skip',
      },
    ],
    ['race', `.race('r', { x: (f) => f.sleep('s', '1s') })`, { bodies: [{ name: 'x' }] }],
    [
      'attempt',
      `.attempt('t', (f) => f.step('a', ${pay}), (f) => f.returns(({ error }) => error.message))`,
      { body: { steps: [{ id: 'a' }] }, handler: { steps: [{ kind: 'returns' }] } },
    ],
    [
      'waitFor',
      `.waitFor('w', placed, { match: { id: ({ input }) => input.id }, timeout: '3d', onTimeout: 'continue' })`,
      {
        event: 'placed',
        match: [{ field: 'id', value: { kind: 'expression' } }],
        timeout: '3d',
        onTimeout: 'continue',
      },
    ],
    ['waitFor', `.waitFor('w', failed(charge))`, { event: 'failed.charge', match: [] }],
    [
      'approve',
      `.approve('ok', { form: z.object({}), message: ({ input }) => input.id, timeout: '1d', onTimeout: 'fail' })`,
      { form: { kind: 'schema' }, message: { kind: 'expression' }, timeout: '1d', onTimeout: 'fail' },
    ],
    ['approve', `.approve('ok', { message: 'a' + 'b' })`, { message: 'ab' }],
    ['sleep', `.sleep('s', '1d')`, { time: '1d' }],
    ['sleep', `.sleep('s', ({ input }) => input.id as never)`, { time: { kind: 'expression' } }],
    [
      'emit',
      `.emit('e', ({ input }) => placed({ id: input.id }))`,
      { call: { target: { kind: 'event', name: 'placed' } } },
    ],
    ['returns', `.returns(({ input }) => input)`, { value: { kind: 'expression' } }],
  ])('%s', async (kind, text, expected) => {
    expect(await stepOf(text)).toMatchObject({ kind, ...expected });
  });

  it('a value or a function, by what it is', async () => {
    const above =
      "import { patience, waiting } from './consts.ts';\nfunction s1() { return '1s' as const; }\nconst later = () => '2s' as const;\nconst soon = '3s';";
    const text = flowText(
      ".sleep('a', s1).sleep('b', later).sleep('c', soon).sleep('d', patience).sleep('e', waiting).approve('s1', { message: 's1' })",
      above,
    );
    const model = await modelOf({
      'a.dsl.ts': text,
      'consts.ts': "export const patience = '4s';\nexport const waiting = () => '5s' as const;",
    });
    expect(model.flows['f']?.body.steps).toMatchObject([
      { time: { text: 's1' } },
      { time: { text: 'later' } },
      { time: '3s' },
      { time: '4s' },
      { time: { text: 'waiting' } },
      { message: 's1' },
    ]);
    expect(await marks(flowText(".sleep('a', x)", "import { x } from 'pkg';"))).toEqual(['MR1101 x']);
    expect(await marks(flowText('.returns(x)', 'const x = 5;'))).toEqual(['MR1104 x']);
  });

  it('child flows, namespaces and other names of a definition', async () => {
    const above = `const alias = charge;\nconst shared = (scope: { input: { id: string } }) => alias(scope.input);\nexport const child = flow('kid', { input: z.void() }, (f) => f);`;
    const { body } = await flowOf(
      ".step('a', () => child()).step('b', shared).step('c', (s) => alias((s.input)))",
      above,
    );
    expect(body.steps).toMatchObject([
      { call: { target: { kind: 'flow', name: 'kid' }, argument: '' } },
      { call: { target: { kind: 'task', name: 'charge' }, argument: 'scope.input', location: { line: 9 } } },
      { call: { argument: 's.input' } },
    ]);
  });

  it('bodies that are constants, or blocks with one return', async () => {
    const above = `const paying = (f) => f.step('a', ${pay});`;
    expect((await flowOf(".map('m', () => [1], paying)", above)).body.steps).toMatchObject([
      { body: { steps: [{ id: 'a', location: { line: 8 } }] } },
    ]);
    const model = await modelOf(
      `${basics}export const f = flow('f', { input: z.any() }, (f) => { return f.step('a', ${pay}); });`,
    );
    expect(model.flows['f']?.body.steps).toHaveLength(1);
  });
});

describe('what is no chain of steps', () => {
  it.each([
    ['MR1117 stpe', `.stpe('a', ${pay})`],
    ['MR1117 toString', '.toString()'],
    ['MR1117 constructor', '.constructor()'],
    ["MR1109 step('a')", ".step('a')"],
    ["MR1109 sleep('a', '1s', 3)", ".sleep('a', '1s', 3)"],
    ['MR1120 undo', `.undo(${pay})`],
    ['MR1120 undo', `.step('a', ${pay}).sleep('b', '1s').undo(${pay})`],
    ['MR1120 undo', `.step('a', ${pay}).undo(${pay}).undo(${pay})`],
    ["MR1105 'a' + 'b'", `.step('a' + 'b', ${pay})`],
    ['MR1117 f', `.map('m', () => [1], (g) => f.sleep('a', '1s'))`],
    ['MR1117 () => 1', `.map('m', () => [1], () => 1)`],
    ['MR1117 nodes', `.graph('g', (g) => g.nodes('a', ${pay}))`],
    ['MR1103 { max: 1 }', `.repeat('r', (f) => f, { max: 1 })`],
    ['MR1104 1.5', `.map('m', () => [1], (f) => f, { concurrency: 1.5 })`],
    ['MR1118 charge', `.waitFor('w', charge)`],
    ['MR1118 charge', `.emit('w', () => charge({ id: 'a' }))`],
  ])('%s in %s', async (mark, steps) => {
    expect(await marks(flowText(steps))).toEqual([mark]);
  });

  it.each([
    ['{ return charge(input); }', '({ input }) => { return charge(input); }', 'MR1111'],
    ['input ? charge(input) : charge(input)', '({ input }) => input ? charge(input) : charge(input)', 'MR1111'],
    ['b', '(a, b) => charge(a)', 'MR1111'],
    ['chrage', '({ input }) => chrage(input)', 'MR1115'],
    ['placed', '({ input }) => placed(input)', 'MR1118'],
    ['1', '({ input }) => charge(input, 1)', 'MR1109'],
    ['charge(...input)', '({ input }) => charge(...input)', 'MR1109'],
    ['helper', '() => helper()', 'MR1118'],
    ['charge', 'charge', 'MR1104'],
    ['{ input } = {}', '({ input } = {}) => charge(input)', 'MR1111'],
    ['charge', '() => charge', 'MR1111'],
    ['charge?.(s)', '(s) => charge?.(s)', 'MR1111'],
    ['async', 'async (s) => charge(s)', 'MR1404'],
    ['function* () { yield 1; }', 'function* () { yield 1; }', 'MR1111'],
    ['Date.now', '() => charge({ id: String(Date.now()) })', 'MR1401'],
  ])('a call that marks %s in %s', async (mark, lambda, code) => {
    expect(await marks(flowText(`.step('a', ${lambda})`, 'const helper = () => 1;'))).toEqual([`${code} ${mark}`]);
  });

  it('a body that contains itself', async () => {
    expect(await problems(".map('a', () => [1], again)", "const again = (f) => f.map('b', () => [1], again);")).toEqual(
      ['MR1114 8:15 This contains itself.'],
    );
  });

  it('reports everything in one pass, and keeps what it could read', async () => {
    const { system, diagnostics } = await readText(
      flowText(`.step('a', () => nope()).step('b', ${pay}).stp('c').returns(() => Date.now())`),
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(['MR1115', 'MR1117', 'MR1401']);
    expect(system?.flows['f']?.body.steps.map((step) => ('id' in step ? step.id : step.kind))).toEqual([
      'b',
      'returns',
    ]);
  });
});
