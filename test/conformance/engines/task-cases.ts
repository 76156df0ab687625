import type { End } from './engine.ts';
import type { EngineCase } from './play.ts';

const start = { do: 'start' } as const;
const completed = (output: unknown): End => ({ status: 'completed', output });
const failed = (error: string): End => ({ status: 'failed', error });
/** A flow of one step by that task. */
const one = (task: string, input: unknown = null) => ({ flow: 'one', input: { task, input } });

/** What any engine must do with tasks. */
export const taskCases: readonly EngineCase[] = [
  {
    name: 'a try that gives no sign of life is given up',
    ...one('silent'),
    does: [start],
    end: completed('heard'),
    done: ['one 1', 'one 2'],
  },
  {
    name: 'a try that gives signs of life may take its time',
    ...one('beating'),
    does: [start],
    end: completed('beaten'),
  },
  {
    name: 'all tries and the waits between them have a time limit, too',
    ...one('lasting'),
    does: [start],
    end: failed('has not succeeded within'),
    done: ['one 1', 'one 2'],
  },
  {
    name: 'waits between tries grow as they are told to',
    ...one('growing'),
    does: [start, { do: 'pass', minutes: 25 }, { do: 'is', status: 'waiting' }, { do: 'pass', minutes: 5 }],
    end: failed('flaky'),
    done: ['one 1', 'one 2', 'one 3'],
  },
  {
    name: 'a step goes before its task in how often and how fast it is tried',
    flow: 'shorter',
    does: [start, { do: 'pass', minutes: 2 }, { do: 'is', status: 'failed' }],
    end: failed('flaky'),
    done: ['one 1', 'one 2'],
  },
  {
    name: 'a tool that was used is not used again by the next try',
    ...one('tooling', false),
    does: [start],
    end: completed('7 true'),
    done: ['one 1', 'fetched 1', 'one 2'],
  },
  {
    name: 'a tool that was used is not used again after a crash',
    ...one('tooling', true),
    does: [start, { do: 'is', status: 'running' }, { do: 'crash' }],
    end: completed('7 true'),
    done: ['one 1', 'fetched 1', 'hung 1', 'one 1'],
  },
  {
    name: 'what is done once for a key is done once, whoever asks',
    flow: 'twice',
    input: { task: 'onceing', input: 'k' },
    does: [start],
    end: completed('5 false 5 true 5 true'),
    done: ['once k 1'],
  },
  {
    name: 'what a try has saved is there after a crash',
    ...one('saving'),
    does: [start, { do: 'is', status: 'running' }, { do: 'crash' }],
    end: completed({ n: 1 }),
    done: ['one 1', 'saved 1', 'one 1'],
  },
  {
    name: 'what a task publishes is out with its result, and not when it fails',
    flow: 'telling',
    does: [start],
    end: completed('2 undefined'),
  },
  {
    name: 'the result of a task may be known from before, for its time',
    flow: 'twice',
    input: { task: 'cached', input: 'x' },
    does: [start],
    end: completed('x x x'),
    done: ['first 1', 'third 1'],
  },
  {
    name: 'a result that is not proven is not taken',
    ...one('proving', 2),
    does: [start],
    end: completed({ code: 0 }),
    done: ['one 1', 'one 2'],
  },
  {
    name: 'what is never proven has failed',
    ...one('proving', 9),
    does: [start],
    end: failed('evidence does not hold'),
    done: ['one 1', 'one 2', 'one 3'],
  },
  {
    name: 'a task that is alone runs alone',
    flow: 'lonely',
    does: [start],
    end: { status: 'completed' },
    done: ['in 1', 'out 1', 'in 1', 'out 1', 'in 1', 'out 1'],
  },
  {
    name: 'a task is begun so often in a time and no more',
    flow: 'limited',
    does: [start],
    end: completed(true),
  },
  {
    name: 'a task that keeps failing is left alone for a while',
    flow: 'broken',
    does: [start],
    end: completed(true),
    done: ['one 1', 'one 2', 'one 4'],
  },
  {
    name: 'a result that does not fit fails its step',
    ...one('strict', { n: '10' }),
    does: [start],
    end: failed('strict'),
    done: ['one 1'],
  },
  {
    name: 'what a task is asked for is read by its schema',
    ...one('strict', { n: '7' }),
    does: [start],
    end: completed({ n: 7 }),
  },
  {
    name: 'what does not fit its schema is not asked of a task',
    ...one('strict', {}),
    does: [start],
    end: failed('strict'),
    done: [],
  },
  {
    name: 'a task runs alone, as a run of one step',
    does: [
      { do: 'task', name: 'job', input: 'x', gives: 'x' },
      { do: 'task', name: 'job', input: 'bad', gives: 'BAD: bad job' },
      { do: 'task', name: 'work', input: { fails: 1, slow: 0, late: false, id: 'w' }, gives: 'w' },
    ],
  },
  {
    name: 'a task that is not there, or is asked for the wrong thing, is refused',
    does: [
      { do: 'task', name: 'nobody', refused: 'MR3219' },
      { do: 'task', name: 'strict', input: {}, refused: 'MR3206' },
    ],
  },
];
