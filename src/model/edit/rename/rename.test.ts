import { describe, expect, it } from 'vitest';
import { applyEdits } from '../apply.ts';
import { head, modelOf, same, shop } from '../fixtures/shop.ts';

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
    await same('events.placed', 'shop.placed', (text) =>
      text.replaceAll(/\bplaced\b/g, 'shopPlaced').replace("event('shopPlaced'", "event('shop.placed'"),
    );
    await same('events.placed', 'ordered', (text) => text.replaceAll(/\bplaced\b/g, 'ordered'));
  });

  it('a flow: what a machine runs, its failures, the ids of the work', async () => {
    await same('flows.pay', 'settle', (text) => text.replaceAll(/\bpay\b/g, 'settle'));
  });

  it('a machine: what others run, and to which they send', async () => {
    await same('machines.shelf', 'rack', (text) => text.replaceAll(/\bshelf\b/g, 'rack'));
  });

  it('a machine and its work, in targets that are written in a lambda', async () => {
    const target = (lambda: string): string => shop.replace("target: 'shelf/7'", `target: ${lambda}`);
    const text = target('({ context }) => `shelf/${context.total}`');
    await same('machines.shelf', 'rack', (one) => one.replaceAll(/\bshelf\b/g, 'rack'), text);
    await same('machines.shelf', 'rack', (one) => one.replaceAll(/\bshelf\b/g, 'rack'), target("() => 'shelf'"));
    const work = target("() => '#left.shelf'");
    await same(
      'machines.order.states.left.run."left.shelf"',
      'job',
      (one) => one.replaceAll("'#left.shelf'", "'#job'").replace("machine: 'shelf',", "machine: 'shelf', id: 'job',"),
      work,
    );
    const computed = await modelOf(target("({ context }) => (context.total === 1 ? 'shelf' : '#left.shelf')"));
    for (const path of ['machines.shelf', 'machines.order.states.left.run."left.shelf"']) {
      expect(applyEdits(computed, [{ op: 'rename', path, to: 'rack' }])).toMatchObject({
        diagnostics: [{ code: 'MR1786' }],
      });
    }
    expect(
      applyEdits(await modelOf(text), [{ op: 'remove', path: 'machines.shelf' }]).diagnostics[0]?.related,
    ).toHaveLength(3);
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
