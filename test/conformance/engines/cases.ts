import type { Step } from '../../simulate/spec.ts';
import type { End } from './engine.ts';
import type { Deed, EngineCase } from './play.ts';

const work = (more: Partial<Extract<Step, { do: 'work' }>> = {}): Step => ({
  do: 'work',
  fails: 0,
  slow: 0,
  late: false,
  undo: false,
  ...more,
});
const undoable = work({ undo: true });
const broken: Step = { do: 'broken' };
const wait = (timeout = false): Step => ({ do: 'receive', n: 1, timeout });
const nap: Step = { do: 'sleep', minutes: 60 };
const start = { do: 'start' } as const;
const go: Deed = { do: 'send', event: 'go', payload: { n: 1 } };
const completed = (output: string): End => ({ status: 'completed', output });
const failed = (error: string): End => ({ status: 'failed', error });

export const cases: readonly EngineCase[] = [
  {
    name: 'steps run in order',
    body: [work(), work()],
    does: [start],
    end: completed('work0work1'),
    done: ['work0 1', 'work1 1'],
  },
  {
    name: 'a try that fails is made again',
    body: [work({ fails: 2 })],
    does: [start],
    end: completed('work0'),
    done: ['work0 1', 'work0 2', 'work0 3'],
  },
  {
    name: 'after three tries a step has failed',
    body: [work({ fails: 3 }), work()],
    does: [start],
    end: failed('flaky work0'),
    done: ['work0 1', 'work0 2', 'work0 3'],
  },
  {
    name: 'what cannot be retried is not',
    body: [broken],
    does: [start],
    end: failed('broken broken0'),
    done: ['broken0 1'],
  },
  {
    name: 'a try that takes too long is given up, and its late result is not taken',
    body: [work({ late: true })],
    does: [start],
    end: completed('work0'),
    done: ['work0 1', 'work0 2'],
  },
  {
    name: 'a failure undoes what was done, the newest first',
    body: [undoable, undoable, broken],
    does: [start],
    end: failed('broken broken2'),
    done: ['work0 1', 'work1 1', 'broken2 1', 'work1/~undo 1', 'work0/~undo 1'],
  },
  {
    name: 'a cancel undoes what was done',
    body: [undoable, wait()],
    does: [start, { do: 'is', status: 'waiting' }, { do: 'cancel' }],
    end: { status: 'cancelled' },
    done: ['work0 1', 'work0/~undo 1'],
  },
  {
    name: 'a cancel of what has ended changes nothing',
    body: [undoable],
    does: [start, { do: 'is', status: 'completed' }, { do: 'cancel' }],
    end: completed('work0'),
    done: ['work0 1'],
  },
  {
    name: 'a flow sleeps its time',
    body: [nap, work()],
    does: [start, { do: 'pass', minutes: 50 }, { do: 'is', status: 'waiting' }, { do: 'pass', minutes: 10 }],
    end: completed('work1'),
    done: ['work1 1'],
  },
  {
    name: 'a flow takes an event',
    body: [wait(), work()],
    does: [start, { do: 'is', status: 'waiting' }, go],
    end: completed('got1work1'),
  },
  {
    name: 'an event that comes before the wait is not lost',
    body: [nap, wait()],
    does: [start, { do: 'is', status: 'waiting' }, go, { do: 'pass', minutes: 60 }],
    end: completed('got1'),
  },
  {
    name: 'an event is taken once',
    body: [wait(), wait(true)],
    does: [
      start,
      { do: 'is', status: 'waiting' },
      go,
      { do: 'pass', minutes: 25 },
      { do: 'is', status: 'waiting' },
      { do: 'pass', minutes: 5 },
    ],
    end: completed('got1none'),
  },
  {
    name: 'an event that is sent twice under one key came once',
    body: [wait(), wait(true)],
    does: [start, { do: 'is', status: 'waiting' }, { ...go, key: 'k' }, { ...go, key: 'k' }],
    end: completed('got1none'),
  },
  {
    name: 'an event for somebody else is not taken',
    body: [wait(true)],
    does: [
      start,
      { do: 'is', status: 'waiting' },
      { do: 'send', event: 'go', payload: { n: 2 } },
      { do: 'pass', minutes: 30 },
    ],
    end: completed('none'),
  },
  {
    name: 'an event while the run is paused is kept',
    body: [wait(), work()],
    does: [
      start,
      { do: 'is', status: 'waiting' },
      { do: 'pause' },
      go,
      { do: 'is', status: 'paused' },
      { do: 'resume' },
    ],
    end: completed('got1work1'),
  },
  {
    name: 'nothing begins in a run that is paused',
    body: [nap, work()],
    does: [
      start,
      { do: 'is', status: 'waiting' },
      { do: 'pause' },
      { do: 'pass', minutes: 120 },
      { do: 'is', status: 'paused' },
      { do: 'resume' },
    ],
    end: completed('work1'),
    done: ['work1 1'],
  },
  {
    name: 'a wait has a time limit',
    body: [wait(true)],
    does: [start, { do: 'pass', minutes: 31 }],
    end: completed('none'),
  },
  {
    name: 'a flow has a time limit, and what it did is undone',
    flow: 'timed',
    body: [undoable, wait()],
    does: [start, { do: 'pass', minutes: 91 }],
    end: failed('longer than its flow allows'),
    done: ['work0 1', 'work0/~undo 1'],
  },
  {
    name: 'a person decides',
    body: [{ do: 'approve' }],
    does: [start, { do: 'is', status: 'waiting' }, { do: 'decide', approved: true }],
    end: completed('ada'),
  },
  {
    name: 'a flow publishes what another step of it takes',
    body: [{ do: 'emit', n: 1 }, wait()],
    does: [start],
    end: completed('got1'),
  },
  {
    name: 'a flow runs another and has its result',
    body: [{ do: 'child', timeout: false, body: [work(), work()] }],
    does: [start],
    end: completed('work0work1'),
  },
  {
    name: 'the failure of a flow is that of the step that called it',
    body: [undoable, { do: 'child', timeout: false, body: [broken] }],
    does: [start],
    end: failed('broken broken0'),
  },
  {
    name: 'a flow that is called may take so long and no longer',
    body: [{ do: 'child', timeout: true, body: [nap] }],
    does: [start, { do: 'pass', minutes: 31 }],
    end: failed('longer than its flow allows'),
  },
  {
    name: 'a cancel reaches the flows that it runs',
    body: [{ do: 'child', timeout: false, body: [wait()] }],
    does: [start, { do: 'is', status: 'waiting' }, { do: 'cancel' }],
    end: { status: 'cancelled' },
  },
  {
    name: 'parts run side by side',
    body: [{ do: 'all', body: [work(), wait()] }],
    does: [start, { do: 'is', status: 'waiting' }, go, go],
    end: completed('(work0got1|got1)'),
  },
  {
    name: 'of parts side by side one that fails stops the others',
    body: [{ do: 'all', body: [work(), broken, wait()] }],
    does: [start],
    end: failed('broken broken'),
  },
  {
    name: 'a list gives its results in order',
    body: [{ do: 'map', body: [work()] }],
    does: [start],
    end: completed('[work0,work0,work0]'),
  },
  {
    name: 'a part that fails is undone before its handler runs',
    body: [{ do: 'attempt', body: [undoable, work(), broken] }, work()],
    does: [start],
    end: failed('broken broken1'),
    done: [
      'attempt0/try/work0 1',
      'attempt0/try/work1 1',
      'attempt0/try/broken2 1',
      'attempt0/try/work0/~undo 1',
      'attempt0/catch/work0 1',
      'attempt0/catch/broken1 1',
    ],
  },
  {
    name: 'a repeat runs its rounds, with the time between',
    body: [{ do: 'repeat', body: [work()] }],
    does: [start, { do: 'pass', minutes: 6 }, { do: 'is', status: 'waiting' }, { do: 'pass', minutes: 4 }],
    end: completed('work0'),
    done: ['repeat0[0]/work0 1', 'repeat0[1]/work0 1'],
  },
  {
    name: 'a race has one winner, and what the others did is undone',
    body: [{ do: 'race', body: [undoable, { do: 'sleep', minutes: 1 }] }],
    does: [start, { do: 'pass', minutes: 5 }],
    end: completed('a:work0'),
  },
  {
    name: 'a run that was started is not started again',
    body: [work()],
    does: [start, start, { do: 'is', status: 'completed' }, start],
    end: completed('work0'),
    done: ['work0 1'],
  },
  {
    name: 'a crash between two steps repeats nothing',
    body: [work(), nap, work()],
    does: [start, { do: 'is', status: 'waiting' }, { do: 'crash' }],
    end: completed('work0work2'),
    done: ['work0 1', 'work2 1'],
  },
  {
    name: 'a retry loses neither its count nor its time in a crash',
    body: [work({ fails: 2 })],
    does: [start, { do: 'is', status: 'waiting' }, { do: 'crash' }, { do: 'pass', minutes: 1 }, { do: 'crash' }],
    end: completed('work0'),
    done: ['work0 1', 'work0 2', 'work0 3'],
  },
  {
    name: 'what a run waits for finds it after a crash',
    body: [wait(), work()],
    does: [start, { do: 'is', status: 'waiting' }, { do: 'crash' }, go],
    end: completed('got1work1'),
  },
  {
    name: 'a run that is paused stays so over a crash',
    body: [nap, work()],
    does: [
      start,
      { do: 'is', status: 'waiting' },
      { do: 'pause' },
      { do: 'crash' },
      { do: 'pass', minutes: 61 },
      { do: 'is', status: 'paused' },
      { do: 'resume' },
    ],
    end: completed('work1'),
  },
  {
    name: 'a machine takes events in order, and its timers ring once',
    does: [
      { do: 'send', event: 'noted', payload: { id: 'b', n: 1 } },
      { do: 'send', event: 'noted', payload: { id: 'b', n: 2 } },
      { do: 'pass', minutes: 45 },
      { do: 'crash' },
      { do: 'pass', minutes: 24 },
      { do: 'instance', machine: 'book', id: 'b', context: { seen: [1, 2], rang: [1, 2] } },
    ],
  },
];
