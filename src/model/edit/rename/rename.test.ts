import { describe, expect, it } from 'vitest';
import { readText } from '../../../source/fixtures/read-text.ts';
import { hashSystem } from '../../hash/hash.ts';
import type { SystemModel } from '../../nodes/system.ts';
import { applyEdits } from '../apply.ts';

async function modelOf(text: string): Promise<SystemModel> {
  const { system, diagnostics } = await readText(text);
  expect(diagnostics).toEqual([]);
  return system as SystemModel;
}

/** What is compared: everything but places. */
const said = (model: SystemModel | undefined): unknown =>
  JSON.parse(
    JSON.stringify(model, (key, value: unknown) => (key === 'location' || key === 'files' ? undefined : value)),
  );

const head = `import { event, failed, flow, machine, system, task } from 'millrace';
import { z } from 'zod';
export default system('shop', { version: '1.0.0' });
const Id = z.string();
const Money = z.object({ cents: z.int() });
const limit = 10, rate = 2;
const { vat, tip: gift } = { vat: 19, tip: 5 };
const round = (cents: number): number => Math.round(cents * rate) + limit;
type Price = z.infer<typeof Money>;
function isDear({ context }: { context: { total?: number | undefined } }): boolean { return (context.total ?? 0) > limit; }
export const placed = event('placed', { payload: z.object({ id: Id, total: z.number() }) });
export const sent = event('parcel.sent', { payload: z.object({ id: Id }) });
export const charge = task('charge', { input: z.object({ id: Id, money: Money }), output: z.object({ paymentId: z.string(), line: Money }) });
export const refund = task('refund', { input: z.object({ paymentId: z.string() }), output: z.void() });
`;

const shop = `${head}
export const pay = flow('pay', { input: z.object({ id: Id, lines: z.array(Money) }), output: z.object({ paymentId: z.string(), all: z.array(z.number()) }), on: failed(charge) }, (f) => f
  .step('paid', ({ input }) => charge({ id: input.id, money: { cents: round(vat + gift) } }))
  .undo(({ paid }) => refund({ paymentId: paid.paymentId }))
  .map('held', ({ input, paid }) => input.lines.filter((line) => line.cents > paid.line.cents), (f) => f
    .step('one', ({ item, paid: p, ...rest }) => charge({ id: p.paymentId + rest.input.id, money: item })))
  .parallel('both', {
    left: (f) => f.step('a', (scope) => refund(scope.paid)).returns(({ paid }) => paid.line.cents),
    right: (f) => f.step('b', (scope) => refund({ paymentId: scope['paid'].paymentId })).returns(() => 2),
  })
  .branch('which', ({ both: { left, right } }) => left > right, {
    true: (f) => f.returns(({ both }) => [both.left, ...[1].map((left) => left + both.right)]),
    false: (f) => f.returns(({ paid, held }) => [paid.line.cents, held.length]),
  })
  .waitFor('come', sent, { match: { id: ({ paid }) => paid.paymentId }, timeout: '1d' })
  .returns(({ paid, which }) => ({ paymentId: \`\${paid.paymentId} \${[paid].map((paid) => paid.line)}\`, all: [...which, ...[{ paid }].map(({ paid }) => paid.line.cents)] })));

export const shelf = machine('shelf', { key: 'id', context: z.object({}), events: { sent } }).states('idle', { idle: { on: { sent: {} } } });

export const order = machine('order', {
  key: 'id',
  context: z.object({ total: z.number().optional() }),
  events: { placed, sent, broken: failed(pay) },
  creates: ['placed'],
  flows: { pay },
  machines: { shelf },
}).states('new', {
  new: { on: { placed: { target: 'open', assign: ({ event }) => ({ total: event.total }) }, 'done.state.open': 'gone' } },
  open: {
    initial: 'left',
    onDone: 'gone',
    states: {
      left: {
        run: [{ flow: 'pay', input: () => ({ id: '1', lines: [] }), onDone: 'late' }, { machine: 'shelf', input: () => ({}) }, { flow: 'pay', id: 'again', input: () => ({ id: '2', lines: [] }) }],
        on: {
          'parcel': {}, sent: { guard: ({ in: isIn, context }) => isIn('open') && context.total !== 1 },
          'done.run.left.pay': 'late',
          'error.run.again': { target: 'late', guard: (scope) => scope.in("open") || scope.in('left') },
        },
        after: { '1d': { target: 'late', guard: isDear } },
        exit: { send: [] },
      },
      late: { final: true },
    },
    on: { broken: ['gone'], placed: { target: 'left', do: [{ send: { event: ({ instanceId }) => sent({ id: instanceId }), target: '#left.shelf' } }, { send: { event: () => sent({ id: '7' }), target: 'shelf/7' } }, { emit: () => sent({ id: '1' }) }] } },
  },
  remembered: { history: 'deep', initial: 'left' },
  gone: { final: true },
});
`
  .replace("'parcel': {}, ", '')
  .replace('        exit: { send: [] },\n', '')
  .replace("  remembered: { history: 'deep', initial: 'left' },\n", '');

/** Renames in the model, and in the text by hand, and compares. */
async function same(path: string, to: string, byHand: (text: string) => string, text = shop): Promise<void> {
  const before = await modelOf(text);
  const { system, diagnostics } = applyEdits(before, [{ op: 'rename', path, to }]);
  expect(diagnostics).toEqual([]);
  const changed = byHand(text);
  expect(changed).not.toBe(text);
  const after = await modelOf(changed);
  expect(said(system)).toEqual(said(after));
  expect(hashSystem(system as SystemModel)).toBe(hashSystem(after));
}

describe('definitions', () => {
  it('a task: calls, the constant, its failures', async () => {
    await same('tasks.charge', 'takeMoney', (text) => text.replaceAll(/\bcharge\b/g, 'takeMoney'));
  });

  it('a task whose constant would be caught keeps the constant', async () => {
    await same(
      'tasks.charge',
      'paid2',
      (text) => text.replace("task('charge'", "task('paid2'"),
      shop.replaceAll(/\bp\b(?!\.cents)/g, 'paid2'),
    );
    await same(
      'tasks.charge',
      'limit2',
      (text) => text.replace("task('charge'", "task('limit2'"),
      shop.replaceAll('limit', 'limit2'),
    );
  });

  it('an event: waits, lists of machines under its own alias, what is sent', async () => {
    await same('events."parcel.sent"', 'parcel.gone', (text) =>
      text.replace("event('parcel.sent'", "event('parcel.gone'"),
    );
    await same('events.placed', 'ordered', (text) => text.replaceAll(/\bplaced\b/g, 'ordered'));
  });

  it('a flow: what a machine runs, its failures, the ids of the work', async () => {
    await same('flows.pay', 'settle', (text) => text.replaceAll(/\bpay\b/g, 'settle'));
  });

  it('a machine: what others run, and to which they send', async () => {
    await same('machines.shelf', 'rack', (text) => text.replaceAll(/\bshelf\b/g, 'rack'));
  });

  it('a name that is taken, or that cannot be one', async () => {
    const model = await modelOf(shop);
    const refused = (path: string, to: string) =>
      applyEdits(model, [{ op: 'rename', path, to }]).diagnostics.map(({ code }) => code);
    expect(refused('tasks.charge', 'refund')).toEqual(['MR1782']);
    expect(refused('tasks.charge', 'pay')).toEqual(['MR1782']);
    expect(refused('tasks.charge', 'a b')).toEqual(['MR1782']);
    expect(refused('tasks.charge', 'failed.x')).toEqual(['MR1782']);
    expect(refused('tasks.charge', 'charge')).toEqual(['MR1780']);
    expect(refused('tasks.charge.input', 'x')).toEqual(['MR1787']);
  });
});

describe('steps', () => {
  it('their results: taken plainly, renamed, from the whole scope, in the rest of it', async () => {
    await same('flows.pay.body.paid', 'payment', (text) =>
      text
        .replace(".step('paid'", ".step('payment'")
        .replace('({ paid }) => refund({ paymentId: paid.', '({ payment }) => refund({ paymentId: payment.')
        .replace(
          '({ input, paid }) => input.lines.filter((line) => line.cents > paid.',
          '({ input, payment }) => input.lines.filter((line) => line.cents > payment.',
        )
        .replace('paid: p,', 'payment: p,')
        .replace('refund(scope.paid)', 'refund(scope.payment)')
        .replace("scope['paid']", "scope['payment']")
        .replace('({ paid }) => paid.line.cents),', '({ payment }) => payment.line.cents),')
        .replace('({ paid, held }) => [paid.', '({ payment, held }) => [payment.')
        .replace('({ paid }) => paid.paymentId, ', '({ payment }) => payment.paymentId, ')
        .replace('({ paid }) => paid.paymentId }', '({ payment }) => payment.paymentId }')
        .replace(
          '({ paid, which }) => ({ paymentId: `${paid.paymentId} ${[paid].map',
          '({ payment, which }) => ({ paymentId: `${payment.paymentId} ${[payment].map',
        )
        .replace('[{ paid }].map', '[{ paid: payment }].map'),
    );
  });

  it('under a name that means something in a lambda: the lambda goes on calling it as it did', async () => {
    await same('flows.pay.body.paid', 'charge', (text) =>
      text
        .replace(".step('paid'", ".step('charge'")
        .replace('({ paid }) => refund({ paymentId: paid.', '({ charge }) => refund({ paymentId: charge.')
        .replace(
          '({ input, paid }) => input.lines.filter((line) => line.cents > paid.',
          '({ input, charge }) => input.lines.filter((line) => line.cents > charge.',
        )
        .replace('paid: p,', 'charge: p,')
        .replace('refund(scope.paid)', 'refund(scope.charge)')
        .replace("scope['paid']", "scope['charge']")
        .replace('({ paid }) => paid.line.cents),', '({ charge }) => charge.line.cents),')
        .replace('({ paid, held }) => [paid.', '({ charge, held }) => [charge.')
        .replace('({ paid }) => paid.paymentId, ', '({ charge }) => charge.paymentId, ')
        .replace('({ paid }) => paid.paymentId }', '({ charge }) => charge.paymentId }')
        .replace(
          '({ paid, which }) => ({ paymentId: `${paid.paymentId} ${[paid].map',
          '({ charge, which }) => ({ paymentId: `${charge.paymentId} ${[charge].map',
        )
        .replace('[{ paid }].map', '[{ paid: charge }].map'),
    );
    const one = `${head}export const f = flow('f', { input: z.any() }, (f) => f.step('money', () => charge({ id: '', money: { cents: 1 } })).step('next', ({ money }) => charge({ id: '', money: { ...money.line } })));`;
    await same(
      'flows.f.body.money',
      'charge',
      (text) => text.replace("'money'", "'charge'").replace('({ money }) =>', '({ charge: money }) =>'),
      one,
    );
    await same(
      'flows.f.body.money',
      'a-b',
      (text) => text.replace("'money'", "'a-b'").replace('({ money }) =>', "({ 'a-b': money }) =>"),
      one,
    );
  });

  it('parts of a step that runs several', async () => {
    await same('flows.pay.body.both/left', 'west', (text) =>
      text
        .replace('left: (f)', 'west: (f)')
        .replace('({ both: { left, right } }) => left > right', '({ both: { west, right } }) => west > right')
        .replace('both.left', 'both.west'),
    );
  });

  it('parts that are read from the whole scope, or the rest of it', async () => {
    const one = `${head}export const f = flow('f', { input: z.any() }, (f) => f
      .parallel('both', { left: (f) => f.returns(() => 'a'), right: (f) => f.returns(() => 'b') })
      .step('x', (scope) => refund({ paymentId: scope.both.left + scope['both']?.["left"] + scope.both.right }))
      .step('y', ({ input, ...rest }) => refund({ paymentId: rest.both.left + input.both.left })));`;
    const byHand = (text: string): string =>
      text
        .replace('left: (f)', 'west: (f)')
        .replace('scope.both.left', 'scope.both.west')
        .replace('?.["left"]', '?.["west"]')
        .replace('rest.both.left', 'rest.both.west');
    await same('flows.f.body.both/left', 'west', byHand, one);
    const whole = one.replace('rest.both.left', 'JSON.stringify(rest.both)');
    const { diagnostics } = applyEdits(await modelOf(whole), [
      { op: 'rename', path: 'flows.f.body.both/left', to: 'west' },
    ]);
    const line = whole.split('\n').findIndex((text) => text.includes('JSON.stringify'));
    const column = (whole.split('\n')[line] ?? '').indexOf('both)') + 1;
    expect(diagnostics).toMatchObject([{ code: 'MR1786', line: line + 1, column }]);
  });

  it('steps deep inside', async () => {
    await same('flows.pay.body.held/one', 'single', (text) => text.replace(".step('one'", ".step('single'"));
  });

  it.each([
    ['a name that is in scope', 'held', 'paid', 'MR1782'],
    ['a name that comes into scope', 'paid', 'which', 'MR1782'],
    ['a name of a step further in', 'paid', 'b', 'MR1782'],
    ['a name that every lambda has', 'paid', 'input', 'MR1782'],
    ['a name with a slash', 'paid', 'a/b', 'MR1782'],
    ['a case', 'which/true', 'yes', 'MR1787'],
    ['what ends a body', 'which/true/~returns', 'yes', 'MR1787'],
  ])('%s', async (_what, step, to, code) => {
    const { diagnostics } = applyEdits(await modelOf(shop), [{ op: 'rename', path: `flows.pay.body.${step}`, to }]);
    expect(diagnostics.map((one) => one.code)).toEqual([code]);
  });

  it.each([
    ['a whole scope that is handed on', '(scope) => refund(pick(scope))'],
    ['a computed member', "(scope) => refund({ paymentId: scope['pa' + 'id'].paymentId })"],
    ['the rest of a scope', '({ input, ...rest }) => refund(pick(rest))'],
    ['a type', '({ money }: { money: { paymentId: string } }) => refund(money)'],
    ['a class', '({ money }) => refund(new (class { paymentId = money.paymentId })())'],
  ])('what cannot be followed: %s', async (_what, lambda) => {
    const text = `${head}const pick = (scope: any) => scope.money;
export const f = flow('f', { input: z.any() }, (f) => f.step('money', () => charge({ id: '', money: { cents: 1 } }))
  .step('next', ${lambda}));`;
    const { diagnostics } = applyEdits(await modelOf(text), [{ op: 'rename', path: 'flows.f.body.money', to: 'cash' }]);
    expect(diagnostics).toMatchObject([{ code: 'MR1786', line: 17 }]);
  });

  it('a function that gets the whole scope', async () => {
    const text = `${head}const lines = ({ money }: { money: { line: object } }) => [money.line];
export const f = flow('f', { input: z.any() }, (f) => f.step('money', () => charge({ id: '', money: { cents: 1 } }))
  .map('all', lines, (f) => f.sleep('nap', '1s')));`;
    const { diagnostics } = applyEdits(await modelOf(text), [{ op: 'rename', path: 'flows.f.body.money', to: 'cash' }]);
    expect(diagnostics).toMatchObject([{ code: 'MR1786', line: 15, related: [{ line: 17 }] }]);
  });
});

describe('states and what is in machines', () => {
  it('a state: targets, initial, done events, its work, what asks for it', async () => {
    await same('machines.order.states.open', 'busy', (text) =>
      text
        .replace("target: 'open'", "target: 'busy'")
        .replace("'done.state.open'", "'done.state.busy'")
        .replace('  open: {', '  busy: {')
        .replace("isIn('open')", "isIn('busy')")
        .replace('scope.in("open")', 'scope.in("busy")'),
    );
    await same('machines.order.states.left', 'first', (text) =>
      text
        .replace("initial: 'left'", "initial: 'first'")
        .replace('      left: {', '      first: {')
        .replace("'done.run.left.pay'", "'done.run.first.pay'")
        .replace("scope.in('left')", "scope.in('first')")
        .replace("target: 'left'", "target: 'first'")
        .replace("'#left.shelf'", "'#first.shelf'"),
    );
  });

  it('work with an id', async () => {
    await same('machines.order.states.left.run.again', 'more', (text) =>
      text.replace("id: 'again'", "id: 'more'").replace("'error.run.again'", "'error.run.more'"),
    );
  });

  it('an alias', async () => {
    await same('machines.order.events."parcel.sent"', 'gone2', (text) =>
      text
        .replace('events: { placed, sent,', 'events: { placed, gone2: sent,')
        .replace('sent: { guard', 'gone2: { guard'),
    );
  });

  it('a name that is taken, and a state that is asked for by what cannot be told', async () => {
    const model = await modelOf(shop);
    const codes = (path: string, to: string, of = model) =>
      applyEdits(of, [{ op: 'rename', path, to }]).diagnostics.map(({ code }) => code);
    expect(codes('machines.order.states.open', 'late')).toEqual(['MR1782']);
    expect(codes('machines.order.states.left.run.again', 'left.pay')).toEqual(['MR1782']);
    expect(codes('machines.order.events.placed', 'sent')).toEqual(['MR1782']);
    const asks = await modelOf(shop.replace("isIn('open') &&", "isIn(context.total === 1 ? 'open' : 'left') &&"));
    expect(codes('machines.order.states.open', 'busy', asks)).toEqual(['MR1786']);
    const covered = await modelOf(shop.replace("'done.state.open': 'gone'", "'done.state.*': 'gone'"));
    expect(codes('machines.order.states.open', 'busy', covered)).toEqual([]);
  });
});

describe('declarations', () => {
  it('a constant: in lambdas, schemas, types and other declarations', async () => {
    await same('locals.Money', 'Cash', (text) => text.replaceAll(/\bMoney\b/g, 'Cash'));
    await same('locals.limit', 'most', (text) => text.replaceAll(/\blimit\b/g, 'most'));
    await same('locals.round', 'up', (text) =>
      text.replaceAll(/\bround\b(?=\()|(?<=const )round/g, 'up').replace('Math.up', 'Math.round'),
    );
  });

  it('one that is taken out of an object, beside another', async () => {
    await same('locals.vat', 'tax', (text) =>
      text.replace('{ vat, tip', '{ vat: tax, tip').replace('round(vat', 'round(tax'),
    );
    await same('locals.gift', 'given', (text) => text.replace('tip: gift', 'tip: given').replace('+ gift', '+ given'));
  });

  it('an import', async () => {
    await same('imports.z', 'zod', (text) =>
      text.replace('import { z }', 'import { z as zod }').replaceAll(/\bz\./g, 'zod.'),
    );
  });

  it('a name that means something', async () => {
    const model = await modelOf(shop);
    const codes = (to: string) =>
      applyEdits(model, [{ op: 'rename', path: 'locals.limit', to }]).diagnostics.map(({ code }) => code);
    for (const to of ['Money', 'z', 'Math', 'if', 'charge', 'a-b']) expect(codes(to), to).toEqual(['MR1782']);
    expect(codes('context')).toEqual(['MR1786']);
    expect(codes('cents')).toEqual(['MR1786']);
  });
});

describe('several edits', () => {
  it('go by the names that the edits before have given', async () => {
    const model = await modelOf(shop);
    const { system, diagnostics } = applyEdits(model, [
      { op: 'rename', path: 'flows.pay', to: 'settle' },
      { op: 'rename', path: 'flows.settle.body.paid', to: 'payment' },
      { op: 'set', path: 'flows.settle.body.payment.timeout', value: '1m' },
    ]);
    expect(diagnostics).toEqual([]);
    expect(system?.flows['settle']?.body.steps[0]).toMatchObject({ id: 'payment', timeout: '1m' });
  });

  it('an old name is told with the new one', async () => {
    const { diagnostics } = applyEdits(await modelOf(shop), [
      { op: 'rename', path: 'flows.pay', to: 'settle' },
      { op: 'set', path: 'flows.pay.timeout', value: '1m' },
    ]);
    expect(diagnostics).toMatchObject([
      { code: 'MR1785', message: expect.stringContaining("edit 1 renamed it to 'flows.settle'") as string },
    ]);
  });
});
