import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { event, failed, flow, machine, part, task, type LiveFlow, type LiveMachine } from './index.ts';

const placed = event('placed', { payload: z.object({ id: z.string() }) });
const charge = task('charge', {
  input: z.object({ id: z.string() }),
  output: z.object({ paymentId: z.string() }),
  timeout: '5s',
});
const input = { input: z.object({ id: z.string() }) };
const pay = flow('pay', input, (f) => f);
const call = (lambda: unknown, scope: object = {}): unknown => (lambda as (scope: object) => unknown)(scope);

test('a definition is called to make a request', () => {
  expect(charge({ id: 'o1' })).toEqual({ target: 'task:charge', input: { id: 'o1' } });
  expect(placed({ id: 'o1' })).toEqual({ target: 'event:placed', input: { id: 'o1' } });
  expect(pay({ id: 'o1' })).toEqual({ target: 'flow:pay', input: { id: 'o1' } });
});

test('a definition carries its own name, not that of a function, and cannot be changed', () => {
  expect([charge.name, charge.kind, charge.output]).toEqual(['charge', 'task', charge.output]);
  expect(Object.isFrozen(charge)).toBe(true);
  expect(Object.keys(charge)).toEqual(expect.arrayContaining(['kind', 'name', 'input', 'output', 'timeout']));
  expect(Object.keys(charge)).not.toContain('retry');
});

test('the body of a flow runs once, when it is declared, and none of its lambdas does', () => {
  let bodies = 0;
  let lambdas = 0;
  flow('counted', input, (f) => {
    bodies += 1;
    return f.step('a', ({ input }) => {
      lambdas += 1;
      return charge(input);
    });
  });
  expect([bodies, lambdas]).toEqual([1, 0]);
});

test('a recorded lambda can be run', () => {
  const live = flow('one', input, (f) =>
    f
      .step('paid', ({ input }) => charge({ id: input.id }))
      .undo(({ paid }) => charge({ id: paid.paymentId }))
      .returns(() => 1),
  ) as unknown as LiveFlow;
  const [step, end] = live.body.steps;
  expect(step).toMatchObject({ kind: 'step', id: 'paid' });
  expect(call(step?.kind === 'step' && step.call, { input: { id: 'o1' } })).toEqual({
    target: 'task:charge',
    input: { id: 'o1' },
  });
  expect(call(step?.kind === 'step' && step.undo, { paid: { paymentId: 'p1' } })).toEqual({
    target: 'task:charge',
    input: { id: 'p1' },
  });
  expect(end?.kind === 'returns' && call(end.value)).toBe(1);
});

test('an undo that undoes nothing is refused with a code', () => {
  const wrong = (f: { sleep: (id: string, time: string) => { undo: (call: unknown) => unknown } }): unknown =>
    f.sleep('s', '1s').undo(() => charge({ id: '' }));
  expect(() => flow('wrong', input, wrong as never)).toThrowError(expect.objectContaining({ code: 'MR1120' }));
});

test('a state machine lives in the shape of the model', () => {
  const head = machine('order', {
    key: 'id',
    context: z.object({ seats: z.array(z.string()).optional() }),
    events: { placed },
  });
  const inner = part(head, 'x', { x: { always: 'end' } }, { exits: ['end'] });
  const live = head.states('idle', {
    idle: {
      on: {
        placed: {
          target: 'end',
          send: { event: ({ event }) => placed(event), delay: '1h', id: 'r' },
          cancel: 'r',
          emit: ({ event }) => placed(event),
          assign: () => ({ seats: [] }),
        },
      },
      entry: { do: [{ forEach: 'context.seats', do: [{ emit: ({ item }) => placed({ id: item }) }] }] },
      exit: {
        do: [
          { when: () => true, do: [{ cancel: 'r' }], else: [] },
          { when: () => false, do: [] },
        ],
      },
    },
    deep: inner,
    end: { final: true },
  }) as unknown as LiveMachine;
  const [idle, deep] = live.states;
  // The order in which the actions are written does not matter; `assign` is first.
  expect(idle?.on[0]?.transitions[0]?.actions.map(({ kind }) => kind)).toEqual(['assign', 'emit', 'cancel', 'send']);
  expect(deep).toMatchObject({
    type: 'compound',
    initial: ['x'],
    states: [{ name: 'x', always: [{ targets: ['end'] }] }],
  });
  expect(idle?.exit).toEqual([
    { kind: 'when', condition: expect.any(Function), actions: [{ kind: 'cancel', id: 'r' }], otherwise: [] },
    { kind: 'when', condition: expect.any(Function), actions: [] },
  ]);
  const [each] = idle?.entry ?? [];
  const over = each?.kind === 'forEach' ? each.over : undefined;
  expect(call(over, { context: { seats: ['a'] } })).toEqual(['a']);
  expect(call(over, { context: {} })).toEqual([]);
});

test('a failure is an event with a name of its own', () => {
  expect(failed(charge)).toEqual({ kind: 'event', name: 'failed.charge', of: { kind: 'task', name: 'charge' } });
});

test('the types of living objects follow the model', () => {
  expectTypeOf<LiveFlow['body']['steps'][number]['kind']>().toExtend<string>();
  expectTypeOf<LiveMachine['states'][number]['entry'][number]['kind']>().toExtend<string>();
});
