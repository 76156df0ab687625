import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../../test/support/type-check.ts';
import type { FragmentKind } from '../../model/edit/read.ts';
import { readSource } from '../read.ts';
import { fragmentReader } from './read-fragment.ts';

const path = join(root, 'dsl-examples/orders/orders.dsl.ts');
const { system } = readSource(path, root, (file) => readFileSync(file));
if (system === undefined) throw new Error('no system');
const read = fragmentReader({ folder: dirname(path), readFile: (file) => readFileSync(file) });

function given(kind: FragmentKind, at: string, text: string): unknown {
  const name = at.split(/[./]/).at(-1) ?? '';
  const found = read(text, { kind, path: at, name, model: system as NonNullable<typeof system> });
  if ('diagnostics' in found)
    return found.diagnostics.map(({ code, line, column, message }) => `${code} ${line}:${column} ${message}`);
  return found;
}

test('definitions: the whole statement with its comment, or the call alone', () => {
  const whole = given(
    'task',
    'tasks.refund',
    "/** Gives back. */\nexport const refund = task('refund', { input: Money, output: z.void() });",
  );
  expect(whole).toEqual({
    node: {
      kind: 'task',
      name: 'refund',
      description: 'Gives back.',
      input: { kind: 'schema', text: 'Money', uses: ['Money', 'z'] },
      output: { kind: 'schema', text: 'z.void()', uses: ['z'] },
    },
  });
  expect(given('event', 'events.late', "event('late', { payload: Order })")).toMatchObject({
    node: { name: 'late', payload: { text: 'Order' } },
  });
  expect(
    given(
      'machine',
      'machines.m',
      "machine('m', { key: 'orderId', context: Money, events: { orderPlaced } }).states('a', { a: { on: { orderPlaced: 'b' } }, b: { final: true } })",
    ),
  ).toMatchObject({ node: { states: [{ name: 'a' }, { name: 'b', type: 'final' }] } });
  expect(
    given(
      'flow',
      'flows.x',
      "flow('x', { input: Order, on: orderPlaced }, (f) => f.step('a', ({ input }) => chargeCard(input)))",
    ),
  ).toMatchObject({
    node: { on: 'orderPlaced', body: { steps: [{ id: 'a', call: { target: { kind: 'task', name: 'chargeCard' } } }] } },
  });
  expect(given('context', 'contexts.billing', '{ members: [chargeCard, refundPayment] }')).toMatchObject({
    node: { members: ['chargeCard', 'refundPayment'] },
  });
});

test('what a definition brings along', () => {
  const text = `import { Carrier } from './carriers.ts';
const Discount = z.object({ percent: z.int(), of: Money });
export const discount = task('discount', { input: Discount, output: z.void(), tags: [] });`;
  expect(given('task', 'tasks.discount', text)).toMatchObject({ locals: [{ name: 'Discount', uses: ['Money', 'z'] }] });
  expect(given('local', 'locals.Discount', 'const Discount = z.object({ of: Money });')).toMatchObject({
    node: { kind: 'local', text: 'const Discount = z.object({ of: Money });', uses: ['Money', 'z'], typeOnly: false },
  });
  expect(given('local', 'locals.Level', "type Level = 'low' | 'high';")).toMatchObject({ node: { typeOnly: true } });
});

test('states, transitions, timers, actions and runs', () => {
  expect(
    given('state', 'machines.order.states.lost', "{ on: { parcelDelivered: 'delivered' }, after: { '30d': 'done' } }"),
  ).toMatchObject({ node: { kind: 'state', name: 'lost', type: 'atomic', on: [{ event: 'parcelDelivered' }] } });
  expect(
    given('transition', 'machines.order.states.x.on.pay[0]', "{ target: 'a', guard: ({ context }) => context.n > 1 }"),
  ).toMatchObject({ node: { targets: ['a'], guard: { text: '({ context }) => context.n > 1' } } });
  expect(given('transition', 'x', "'a'")).toMatchObject({ node: { targets: ['a'] } });
  expect(given('transitions', 'x', "['a', { target: ['b', 'c'] }]")).toMatchObject({
    node: [{ targets: ['a'] }, { targets: ['b', 'c'] }],
  });
  expect(given('timer', 'x', "{ '5m': 'a' }")).toMatchObject({
    node: { delay: '5m', transitions: [{ targets: ['a'] }] },
  });
  expect(given('timer', 'x', "{ delay: ({ context }) => context.wait, target: 'a' }")).toMatchObject({
    node: { delay: { kind: 'expression' } },
  });
  expect(given('action', 'x', '{ emit: ({ context }) => orderShipped(context) }')).toMatchObject({
    node: { kind: 'emit', call: { target: { name: 'orderShipped' } } },
  });
  expect(given('actions', 'x', '{ assign: () => ({ n: 1 }), cancel: "late" }')).toMatchObject({
    node: [{ kind: 'assign' }, { kind: 'cancel' }],
  });
  expect(given('run', 'machines.order.states.open.run.x', "{ flow: 'fulfilOrder', onDone: 'a' }")).toMatchObject({
    node: { id: 'open.fulfilOrder' },
  });
  expect(given('alias', 'machines.order.events.paid', '{ paid: failed(chargeCard) }')).toEqual({
    node: { alias: 'paid', name: 'failed.chargeCard' },
  });
});

test('what a machine knows of its system: all of it, as a machine has it', () => {
  expect(given('value', 'machines.order.events', '{ orderPlaced, paid: failed(chargeCard) }')).toEqual({
    node: [
      { alias: 'orderPlaced', name: 'orderPlaced' },
      { alias: 'paid', name: 'failed.chargeCard' },
    ],
  });
  expect(given('value', 'machines.order.flows', '{ back: takeBack }')).toEqual({
    node: [{ alias: 'back', name: 'takeBack' }],
  });
  expect(given('value', 'machines.order.events', "[{ alias: 'a', name: 'orderPlaced' }]")).toEqual({
    node: [{ alias: 'a', name: 'orderPlaced' }],
  });
  expect(given('value', 'machines.order.events', '{ chargeCard }')).toEqual([expect.stringContaining('chargeCard')]);
  // Elsewhere an object is one.
  expect(given('value', 'machines.order.metadata', '{ a: 1 }')).toEqual({ node: { a: 1 } });
});

test('steps, in three notations, and the bodies of others', () => {
  for (const text of [
    "f.step('a', () => chargeCard(1))",
    ".step('a', () => chargeCard(1))",
    "// why\nstep('a', () => chargeCard(1))",
    "steps\n  .step('a', () => chargeCard(1))\n",
  ])
    expect(given('step', 'flows.x.body.a', text)).toMatchObject({ node: { kind: 'step', id: 'a' } });
  expect(
    given('step', 'x', ".step('a', () => chargeCard(1), { timeout: '1s' }).undo(() => refundPayment(2))"),
  ).toMatchObject({ node: { timeout: '1s', undo: { argument: '2' } } });
  expect(given('body', 'x', "(f) => f.sleep('a', '1s').returns(() => 1)")).toMatchObject({
    node: { steps: [{ kind: 'sleep' }, { kind: 'returns' }] },
  });
  expect(given('graphNode', 'x', "g.node('a', () => chargeCard(1), { needs: ['b'] })")).toMatchObject({
    node: { name: 'a', needs: ['b'] },
  });
  expect(given('graphNode', 'x', '() => chargeCard(1)')).toMatchObject({ node: { kind: 'call' } });
});

test('schemas, lambdas and plain values', () => {
  expect(given('schema', 'x', ' z.object({ a: Money }) // money')).toEqual({
    node: { kind: 'schema', text: 'z.object({ a: Money })', uses: ['Money', 'z'] },
  });
  expect(given('expression', 'x', '({ input }) => input.a')).toMatchObject({
    node: { lambda: { parameter: '{ input }', body: 'input.a' } },
  });
  expect(given('textOrExpression', 'x', "'3d'")).toEqual({ node: '3d' });
  expect(given('value', 'x', '{ attempts: 3, delay: "1s", a: [null, -1] }')).toEqual({
    node: { attempts: 3, delay: '1s', a: [null, -1] },
  });
  expect(given('value', 'flows.x.on', 'orderPlaced')).toEqual({ node: 'orderPlaced' });
  expect(given('value', 'x', '[failed(chargeCard)]')).toEqual({ node: ['failed.chargeCard'] });
  expect(given('value', 'x', '{ fallback: () => 1 }')).toMatchObject({
    node: { fallback: { kind: 'expression', text: '() => 1' } },
  });
});

test('what is wrong is told by line and column of the text', () => {
  expect(given('task', 'tasks.refund', "task('refund', {\n  input: Mony,\n  output: z.void(),\n})")).toEqual([
    "MR1115 2:10 'Mony' is neither in the scope nor declared in this file.",
  ]);
  expect(given('schema', 'x', 'z.object({\n  a: \n})')).toEqual(['MR1006 3:1 Expression expected.']);
  expect(given('schema', 'x', 'z.string()); const evil = (1')).toEqual([
    'MR1775 1:1 This text is more than one piece of code.',
  ]);
  expect(given('schema', 'x', 'z.string(), z.string()')).toEqual([
    'MR1775 1:1 This text is more than one piece of code.',
  ]);
  expect(given('task', 'tasks.refund', "task('other', { input: Money, output: Money })")).toEqual([
    "MR1775 1:1 This text declares 'other', not 'refund'.",
  ]);
  expect(given('task', 'tasks.refund', 'const a = 1;')).toEqual(['MR1775 1:1 This text declares no task.']);
  expect(given('state', 'machines.order.states.x', '{ onn: {} }')).toEqual([
    "MR1102 1:3 State 'x' has no option 'onn'.",
  ]);
  expect(given('step', 'x', ".sleep('a', '1s').sleep('b', '1s')")).toEqual([
    "MR1775 1:1 This text has several of what 'x' is one of.",
  ]);
  expect(given('expression', 'x', '() => Date.now()')).toEqual([expect.stringContaining('MR14')]);
  expect(given('schema', 'x', '')).toEqual([expect.stringContaining('MR1006')]);
  expect(given('local', 'locals.A', 'const B = 1;')).toEqual(["MR1775 1:1 This text declares no 'A'."]);
});
