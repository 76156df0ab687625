import type { Deed, EngineCase } from './play.ts';

const crash = { do: 'crash' } as const;
const send = (event: string, payload: object = {}, more: object = {}): Deed => ({
  do: 'send',
  event,
  payload: { id: 'a', ...payload },
  ...more,
});
const opened = send('opened');
const worked = (next: string): Deed => send('worked', { next });
const pass = (minutes: number): Deed => ({ do: 'pass', minutes });
const is = (state: string, more: object = {}): Deed => ({ do: 'instance', machine: 'ticket', id: 'a', state, ...more });

/** What any engine must do with machines. */
export const machineCases: readonly EngineCase[] = [
  {
    name: 'an event makes an instance where it may, and no other does',
    does: [
      send('told', {}, { handled: false }),
      is('none'),
      send('opened', {}, { handled: true }),
      is('first', { status: 'active', context: { seen: [] }, history: ['', 'opened'] }),
      send('opened', {}, { handled: false, available: ['told', 'worked', 'stopped'] }),
      is('first', { history: ['', 'opened'] }),
    ],
  },
  {
    name: 'an instance is made by hand, once, with a context that fits',
    does: [
      { do: 'create', machine: 'ticket', id: 'a', context: { seen: [1] } },
      is('fresh', { context: { seen: [1] } }),
      { do: 'create', machine: 'ticket', id: 'a', refused: 'MR3305' },
      { do: 'create', machine: 'ticket', id: 'b', context: { seen: 1 }, refused: 'MR3307' },
      { do: 'create', machine: 'nothing', id: 'a', refused: 'MR3304' },
    ],
  },
  {
    name: 'an instance takes events in order, also over a crash',
    does: [
      opened,
      ...[1, 2, 3].map((n) => send('told', { n })),
      crash,
      ...[4, 5].map((n) => send('told', { n })),
      is('first', { context: { seen: [1, 2, 3, 4, 5] } }),
    ],
  },
  {
    name: 'a state is left when its time is over',
    does: [opened, send('stopped'), pass(50), is('second'), pass(12), is('stale')],
  },
  {
    name: 'the time of a state that was left does not come',
    does: [opened, send('stopped'), send('told', { n: 'shelve' }), pass(70), is('shelved')],
  },
  {
    name: 'the time of a state comes after a crash',
    does: [opened, send('stopped'), crash, pass(61), is('stale')],
  },
  {
    name: 'a history state remembers',
    does: [opened, send('stopped'), send('told', { n: 'shelve' }), crash, send('told'), is('second')],
  },
  {
    name: 'a state whose context does not fit hears of it',
    does: [opened, send('told', { n: 'check' }), is('unfit')],
  },
  {
    name: 'a state whose context fits does not',
    does: [opened, send('told', { n: 1 }), send('told', { n: 'check' }), is('checked')],
  },
  {
    name: 'a machine that throws stays where it is, and goes on',
    does: [
      opened,
      send('told', { n: 'throw' }),
      is('first', { context: { seen: [] } }),
      send('told', { n: 1 }),
      is('first', { context: { seen: [1] } }),
    ],
  },
  {
    name: 'a state hears of the end of its work, and the next has a task done',
    does: [
      opened,
      worked('well'),
      is('ended', { status: 'done', history: ['', 'opened', 'worked', 'done.run.job', 'done.run.tidy'] }),
    ],
    doneInAll: ['done', 'next', 'task'],
  },
  {
    name: 'a state hears of the failure of its work',
    does: [opened, worked('bad'), is('erred')],
    doneInAll: ['done', 'done/~undo', 'next', 'task-bad-BAD'],
  },
  {
    name: 'the work of a state that is left is stopped and undone, and not heard of',
    does: [
      opened,
      worked('wait'),
      is('working'),
      send('stopped'),
      is('first', { history: ['', 'opened', 'worked', 'stopped'] }),
      { do: 'runs', are: ['working cancelled'] },
    ],
    doneInAll: ['done', 'done/~undo'],
  },
  {
    name: 'work goes on over a crash',
    does: [opened, worked('wait'), is('working'), crash, is('working'), { do: 'runs', are: ['working waiting'] }],
    doneInAll: ['done'],
  },
  {
    name: 'a machine starts a flow that outlives its state',
    does: [opened, send('told', { n: 'launch' }), { do: 'runs', are: ['aftermath completed'] }],
    doneInAll: ['after'],
  },
  {
    name: 'what has come to its end takes nothing more',
    does: [
      opened,
      send('told', { n: 'end' }),
      is('ended', { status: 'done' }),
      send('told', { n: 1 }, { handled: false }),
      is('ended', { history: ['', 'opened', 'told'] }),
    ],
  },
  {
    name: 'an instance goes back one event',
    does: [
      opened,
      send('told', { n: 1 }),
      send('told', { n: 2 }),
      { do: 'rollback', machine: 'ticket', id: 'a' },
      is('first', { context: { seen: [1] } }),
      { do: 'rollback', machine: 'ticket', id: 'b', refused: 'MR3306' },
    ],
  },
  {
    name: 'an instance that has ended is removed, and its name is free',
    does: [
      opened,
      { do: 'remove', machine: 'ticket', id: 'a', refused: 'MR3360' },
      send('told', { n: 'end' }),
      { do: 'remove', machine: 'ticket', id: 'a' },
      is('none'),
      opened,
      is('first', { history: ['', 'opened'] }),
    ],
  },
  {
    name: 'a machine sends to itself, at once and later, and takes it back',
    does: [
      send('asked'),
      { do: 'instance', machine: 'teller', id: 'a', context: { seen: ['asked', 'told'] } },
      send('stopped'),
      pass(40),
      { do: 'instance', machine: 'teller', id: 'a', context: { seen: ['asked', 'told', 'brief'] } },
    ],
  },
  {
    name: 'what a machine sends later comes over a crash, once',
    does: [
      send('asked'),
      pass(5),
      crash,
      pass(35),
      { do: 'instance', machine: 'teller', id: 'a', context: { seen: ['asked', 'told', 'brief', 'brief'] } },
    ],
  },
  {
    name: 'machines work for machines, and hear each other',
    does: [
      send('hired'),
      send('told', { n: 1 }),
      { do: 'instance', machine: 'keeper', id: 'a', state: 'keeping', context: { seen: ['heard 1'] } },
      send('told', { n: 'end' }),
      { do: 'instance', machine: 'keeper', id: 'a', state: 'over', context: { seen: ['heard 1', 'kid ended'] } },
    ],
  },
  {
    name: 'a machine that works for a state ends with it',
    does: [
      send('hired'),
      send('stopped'),
      { do: 'instance', machine: 'keeper', id: 'a', state: 'free', context: { seen: [] } },
    ],
  },
];
