import type { End } from './engine.ts';
import type { Deed, EngineCase } from './play.ts';

const start = { do: 'start' } as const;
const waiting = { do: 'is', status: 'waiting' } as const;
const completed = (output: unknown): End => ({ status: 'completed', output });
const told = (payload: object = {}, more: object = {}): Deed => ({
  do: 'send',
  event: 'told',
  payload: { id: 'a', ...payload },
  ...more,
});

/** What any engine must do with events. */
export const eventCases: readonly EngineCase[] = [
  {
    name: 'an event is known for its time and no longer',
    flow: 'late',
    does: [
      start,
      waiting,
      { do: 'send', event: 'short', payload: { id: 'a', n: 1 } },
      { do: 'send', event: 'brief', payload: { id: 'a', n: 2 } },
    ],
    end: completed('undefined 2'),
  },
  {
    name: 'an event counts when all of its fields are as they should be',
    flow: 'choosy',
    does: [
      start,
      waiting,
      told({ n: 2, deep: { x: [1] }, say: 'n' }),
      told({ n: 1, deep: { x: [2] }, say: 'deep' }),
      told({ n: 1, say: 'none' }),
      waiting,
      told({ n: 1, deep: { x: [1] }, say: 'all' }),
    ],
    end: completed('all'),
  },
  {
    name: 'events are taken in the order in which they came',
    flow: 'queue',
    does: [start, waiting, told({ n: 1 }), told({ n: 2 }), told({ n: 3 })],
    end: completed([1, 2, 3]),
  },
  {
    name: 'a wait that asks for nothing takes any event of its name',
    flow: 'anyOf',
    does: [start, waiting, { do: 'send', event: 'told', payload: { id: 'z', n: 4 } }],
    end: completed(4),
  },
  {
    name: 'every run that waits takes the event',
    flow: 'anyOf',
    does: [
      start,
      { do: 'start', run: 's' },
      waiting,
      { do: 'is', run: 's', status: 'waiting' },
      told({ n: 5 }, { handled: true }),
      { do: 'is', run: 's', status: 'completed' },
    ],
    end: completed(5),
  },
  {
    name: 'events from before the start of a run do not count',
    flow: 'impatient',
    does: [told(), { do: 'pass', minutes: 5 }, start, waiting],
    end: { status: 'failed', error: 'within 10m' },
  },
  {
    name: 'an event that nobody waits for is kept, and nobody has taken it',
    does: [told({}, { handled: false })],
  },
  {
    name: 'an event starts the flow that is for it, once',
    does: [
      { do: 'send', event: 'begun', payload: { id: 'a' }, key: 'k', handled: true },
      { do: 'send', event: 'begun', payload: { id: 'a' }, key: 'k' },
      { do: 'send', event: 'begun', payload: { id: 'b' } },
      { do: 'runs', are: ['onBegun completed', 'onBegun completed'] },
    ],
    doneInAll: ['begun-a', 'begun-b'],
  },
  {
    name: 'the failure of a task is an event',
    flow: 'failing',
    does: [start],
    end: { status: 'failed', error: 'bad job' },
    doneInAll: ['after', 'bad', 'flow-BAD', 'task-bad-BAD'],
  },
  {
    name: 'an event that there is not, or that does not fit, is refused',
    does: [
      { do: 'send', event: 'nothing', payload: {}, refused: 'MR3301' },
      { do: 'send', event: 'told', payload: { id: 7 }, refused: 'MR3302' },
    ],
  },
  {
    name: 'a run takes an event after a crash of whoever kept it',
    flow: 'queue',
    does: [start, waiting, told({ n: 1 }), told({ n: 2 }), { do: 'crash' }, told({ n: 3 })],
    end: completed([1, 2, 3]),
  },
];
