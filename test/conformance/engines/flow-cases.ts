import type { End } from './engine.ts';
import type { EngineCase } from './play.ts';

const start = { do: 'start' } as const;
const waiting = { do: 'is', status: 'waiting' } as const;
const crash = { do: 'crash' } as const;
const completed = (output: unknown): End => ({ status: 'completed', output });
const failed = (error: string): End => ({ status: 'failed', error });
const go = { do: 'send', event: 'told', payload: { id: 'a' } } as const;
const graph = (name: string, flow: string, end: End, done: readonly string[]): EngineCase => ({
  name,
  flow,
  does: [start],
  end,
  doneInAll: done,
});

/** What any engine must do with flows, besides `cases`. */
export const flowCases: readonly EngineCase[] = [
  {
    name: 'time, numbers and ids of a flow are the same in a replay',
    flow: 'steady',
    does: [start, waiting, crash, go],
    end: completed(true),
    done: ['kept 1', 'again 1'],
  },
  {
    name: 'the way that was chosen is kept over a crash',
    flow: 'chosen',
    does: [start, waiting, crash, go],
    end: completed('left'),
    done: ['way/left/one 1', 'way/left/two 1'],
  },
  {
    name: 'a list gives its results in its order, whoever is first',
    flow: 'ordered',
    does: [start],
    end: completed(['30', '11', '22']),
  },
  { name: 'of a list so many run at a time', flow: 'windowed', does: [start], end: completed('1 2 3') },
  { name: 'an empty list is done', flow: 'nothingToDo', does: [start], end: completed([]) },
  {
    name: 'a graph runs what needs what',
    flow: 'sums',
    does: [start],
    end: completed(3),
    doneInAll: ['g/a', 'g/b', 'g/c'],
  },
  { name: 'a graph fails with its node', flow: 'graph-failFast', does: [start], end: failed('bad job') },
  graph(
    'a graph goes on with what needs no failed node',
    'graph-continueIndependent',
    completed('undefined b undefined db'),
    ['g/a', 'g/b', 'g/d', 'task-bad-BAD'],
  ),
  graph('a graph goes on with all that it can', 'graph-skip', completed('undefined b cundefined db'), [
    'g/a',
    'g/b',
    'g/c',
    'g/d',
    'task-bad-BAD',
  ]),
  {
    name: 'a step that fails may be replaced, or passed over',
    flow: 'passing',
    does: [start],
    end: completed('instead undefined'),
  },
  {
    name: 'a person fills in a form, which is checked',
    flow: 'asking2',
    does: [
      start,
      waiting,
      { do: 'decisions', are: ['ok: Ship it?'] },
      { do: 'decide', approved: true, form: { note: '' }, refused: 'MR3234' },
      { do: 'decide', approved: true, refused: 'MR3234' },
      waiting,
      { do: 'decide', approved: true, form: { note: 'fine', days: '5' } },
      { do: 'decisions', are: [] },
    ],
    end: completed('ada true fine 5'),
  },
  {
    name: 'a rejection needs no form',
    flow: 'asking2',
    does: [start, waiting, { do: 'decide', approved: false }],
    end: completed('ada false undefined undefined'),
  },
  {
    name: 'a person who does not decide in time is not asked any more',
    flow: 'asking2',
    does: [start, waiting, { do: 'pass', minutes: 121 }, { do: 'decisions', are: [] }],
    end: completed('nobody'),
  },
  {
    name: 'what is to be decided is so after a crash',
    flow: 'asking2',
    does: [start, waiting, crash, { do: 'decide', approved: false }],
    end: completed('ada false undefined undefined'),
  },
  {
    name: 'what nobody asks is not decided',
    flow: 'asking2',
    does: [
      start,
      waiting,
      { do: 'cancel' },
      { do: 'is', status: 'cancelled' },
      { do: 'decisions', are: [] },
      { do: 'decide', approved: true, refused: 'MR3232' },
    ],
  },
  {
    name: 'a flow says what follows when it has failed',
    flow: 'failing',
    does: [start, { do: 'is', status: 'failed' }],
    end: failed('bad job'),
    doneInAll: ['after', 'bad', 'flow-BAD', 'task-bad-BAD'],
  },
  {
    name: 'a flow that throws has failed, and what it did is undone',
    flow: 'throwing',
    does: [start],
    end: failed('the flow itself'),
    done: ['one 1', 'one/~undo 1'],
  },
  {
    name: 'a result that does not fit its flow fails it',
    flow: 'checked',
    input: { n: 1 },
    does: [start],
    end: failed('checked'),
  },
  {
    name: 'what does not fit a flow, or is none, is not started',
    does: [
      { do: 'start', flow: 'checked', input: { n: 'x' }, refused: 'MR3206' },
      { do: 'start', flow: 'nobody', refused: 'MR3201' },
    ],
  },
  {
    name: 'a flow that is called is a run of its own',
    flow: 'parent',
    does: [start, { do: 'runs', are: ['aftermath completed', 'parent completed'] }],
    end: completed('from above'),
    doneInAll: ['after', 'before'],
  },
  { name: 'flows call flows call flows', flow: 'deep', input: 5, does: [start], end: completed('bottom') },
  {
    name: 'a run that has failed is tried again from where it failed',
    flow: 'keeping',
    does: [start, { do: 'is', status: 'failed' }, { do: 'retry' }],
    end: completed(3),
    done: ['kept 1', 'mended 1', 'mended 1'],
  },
  {
    name: 'a run that was undone is tried again from there',
    flow: 'mending',
    does: [start, { do: 'is', status: 'failed' }, { do: 'retry' }],
    end: completed('13'),
    done: ['first 1', 'kept 1', 'mended 1', 'first/~undo 1', 'first 1', 'kept 1', 'mended 1'],
  },
  {
    name: 'what has not failed is not tried again',
    flow: 'parent',
    does: [start, { do: 'is', status: 'completed' }, { do: 'retry', refused: 'MR3252' }],
    end: completed('from above'),
  },
  {
    name: 'a run that there is not cannot be asked anything',
    does: [
      { do: 'cancel', run: 'nobody', refused: 'MR3208' },
      { do: 'pause', run: 'nobody', refused: 'MR3208' },
      { do: 'retry', run: 'nobody', refused: 'MR3208' },
      { do: 'is', run: 'nobody', status: 'unknown' },
    ],
  },
  {
    name: 'the steps of a run can be seen',
    flow: 'steady',
    does: [start, { do: 'steps', are: ['go waiting', 'kept completed'] }, go],
    end: completed(true),
  },
  {
    name: 'a flow starts by itself at its times',
    scheduled: true,
    does: [
      { do: 'pass', minutes: 90 },
      { do: 'runs', are: ['hourly completed'] },
      { do: 'pass', minutes: 60 },
    ],
    doneInAll: ['tick', 'tick'],
  },
  {
    name: 'a flow starts by itself at its times, after a crash, too',
    scheduled: true,
    does: [{ do: 'pass', minutes: 30 }, crash, { do: 'pass', minutes: 60 }, { do: 'runs', are: ['hourly completed'] }],
    doneInAll: ['tick'],
  },
];
