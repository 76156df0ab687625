import type { Turn } from './asking.ts';
import type { End } from './engine.ts';
import type { EngineCase } from './play.ts';

const start = { do: 'start' } as const;
const completed = (output: string): End => ({ status: 'completed', output });
const failed = (error: string): End => ({ status: 'failed', error });
const asking = (
  name: string,
  turns: readonly Turn[],
  rest: Omit<EngineCase, 'name' | 'turns' | 'flow'>,
): EngineCase => ({
  name,
  flow: 'asking',
  turns,
  ...rest,
});
const say = (text: string): Turn => ({ say: text });

/** What any engine must do with a task that a model performs. */
export const modelCases: readonly EngineCase[] = [
  asking('a model does a task', [say('hello')], { does: [start], end: completed('hello'), asked: ['asked'] }),
  asking('a model has a tool done, which is a task', [{ call: 'there' }, say('so')], {
    does: [start],
    end: completed('so'),
    done: ['asked/~tool.1.1 1'],
    asked: ['asked', '"seen there"'],
  }),
  asking('a tool that fails is for the model to mend', [{ call: 'nowhere' }, { call: 'there' }, say('so')], {
    does: [start],
    end: completed('so'),
    done: ['asked/~tool.1.1 1', 'asked/~tool.2.1 1'],
    asked: ['asked', 'failed MR3100: There is no such place.', '"seen there"'],
  }),
  asking('a model that is overloaded is asked again, as the task says', [{ fail: 'overloaded' }, say('later')], {
    does: [start, { do: 'is', status: 'waiting' }, { do: 'pass', minutes: 1 }],
    end: completed('later'),
    asked: ['asked', 'asked'],
  }),
  asking('a request that is wrong is not made again', [{ fail: 'badRequest' }, say('never')], {
    does: [start],
    end: completed('nothing'),
    asked: ['asked'],
  }),
  asking('an answer that is there is not paid again after a crash', [{ call: 'never' }, say('so')], {
    does: [start, { do: 'is', status: 'running' }, { do: 'crash' }],
    end: completed('so'),
    done: ['asked/~tool.1.1 1', 'asked/~tool.1.1 1'],
    asked: ['asked', '"seen never"'],
  }),
  asking('an answer that was cut off by a crash is asked for again', [{ hang: true }, say('so')], {
    does: [start, { do: 'is', status: 'running' }, { do: 'crash' }],
    end: completed('so'),
    asked: ['asked', 'asked'],
  }),
  asking('a cancel calls a model off', [{ hang: true }, say('never')], {
    does: [start, { do: 'is', status: 'running' }, { do: 'cancel' }],
    end: { status: 'cancelled' },
    asked: ['asked'],
  }),
  asking('a budget that is overrun ends the run, whatever its flow makes of failures', [{ say: 'dear', tokens: 200 }], {
    does: [start],
    end: failed('overrun'),
    asked: ['asked'],
  }),
  asking(
    'a call that does not fit a budget is not made, and fails its step alone',
    [{ call: 'there' }, { call: 'there' }, { say: 'x', tokens: 95 }],
    // Three answers may cost 20 each; of 100, 2 are spent and nothing else.
    { does: [start], end: completed('x'), asked: ['asked', '"seen there"', '"seen there"'] },
  ),
];
