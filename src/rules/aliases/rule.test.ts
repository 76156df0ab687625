import { expect, it } from 'vitest';
import { at, call, event, go, machine, on, state, system } from '../../model/fixtures/nodes.ts';
import { found, messages } from '../fixtures/found.ts';
import { aliases } from './rule.ts';

const check = (...args: Parameters<typeof machine>) =>
  messages(aliases, system({ events: [event('paid')], machines: [machine(...args)] }));
const events = [
  { alias: 'paid', name: 'order.paid' },
  { alias: 'mail.sent', name: 'sent' },
];
const hears = (...names: readonly string[]) => state('a', { on: names.map((name) => on(name, go('a'))) });

it('is content with its own events, patterns over them, and those of every machine', () => {
  const run = {
    kind: 'run' as const,
    id: 'a.ship',
    target: { kind: 'flow' as const, name: 'f' },
    onDone: [],
    onError: [],
    location: at(1),
  };
  const all = [
    'paid',
    'mail.*',
    'mail.sent',
    '*',
    'error.execution',
    'error.*',
    'done.state.a',
    'done.state.*',
    'done.run.a.ship',
    'error.run.a.ship',
  ];
  expect(
    check('m', [{ ...hears(...all), run: [run] }], { flows: [{ alias: 'f', name: 'f' }], events, creates: ['paid'] }),
  ).toEqual([]);
});

it.each(['payd', 'order.paid', 'order.*', 'done.state.b', 'done.run.nothing'])('refuses to react to %j', (name) => {
  expect(check('m', [hears(name)], { events })).toEqual([
    `State 'a' of machine 'm' reacts to '${name}', which is not among the machine's events.`,
  ]);
});

it('refuses to be created by an event that it does not list', () => {
  expect(check('m', [state('a')], { events, creates: ['order.paid'] })).toEqual([
    "'creates' of machine 'm' names 'order.paid', which is not among its events.",
  ]);
});

it('refuses one name, and one event, twice', () => {
  const twice = [
    { alias: 'paid', name: 'a' },
    { alias: 'paid', name: 'b' },
    { alias: 'other', name: 'a' },
  ];
  expect(check('m', [state('a')], { events: twice })).toEqual([
    "Machine 'm' lists 'paid' twice in 'events'.",
    "Machine 'm' lists the event 'a' under two names.",
  ]);
});

it('refuses to raise what it cannot hear', () => {
  const raise = (name: string) =>
    state('a', { entry: [{ kind: 'raise', call: call('event', name), location: at(1) }] });
  expect(check('m', [raise('sent')], { events })).toEqual([]);
  expect(check('m', [raise('paid')], { events })).toEqual([
    "State 'a' of machine 'm' raises 'paid', to which the machine cannot react.",
  ]);
});

it('a run names what the head lists', () => {
  const run = (kind: 'flow' | 'task', name: string) => ({
    kind: 'run' as const,
    id: 'r',
    target: { kind, name },
    onDone: [],
    onError: [],
    location: at(1),
  });
  const model = (...runs: readonly ReturnType<typeof run>[]) =>
    system({ machines: [machine('m', [state('s', { run: runs })], { flows: [{ alias: 'pay', name: 'payOrder' }] })] });
  expect(messages(aliases, model(run('flow', 'payOrder')))).toEqual([]);
  expect(messages(aliases, model(run('flow', 'nope'), run('task', 'payOrder')))).toEqual([
    "State 's' of machine 'm' runs the flow 'nope', which is not among its 'flows'.",
    "State 's' of machine 'm' runs the task 'payOrder', which is not among its 'tasks'.",
  ]);
});

it('`on` goes by the names in `events`, also with a pattern', () => {
  const loans = [
    { alias: 'paid', name: 'loan.paid' },
    { alias: 'late', name: 'loan.late' },
  ];
  const model = system({ machines: [machine('m', [hears('loan.*', 'loan.paid', 'paid')], { events: loans })] });
  expect(found(aliases, model)).toMatchObject([
    {
      message: expect.stringContaining("reacts to 'loan.*', which is not among") as string,
      hint: "`on` goes by the names in `events`, not by those of the events: here 'paid' and 'late'. Known events: 'late' and 'paid'.",
    },
    { hint: expect.stringContaining("not by those of the events: here 'paid'.") as string },
  ]);
});
