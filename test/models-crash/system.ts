import { askingSystem, askingTask } from '../../src/runtime/fixtures/asking.ts';
import { anyTask, code } from '../../src/runtime/fixtures/bind.ts';

/** The most that one call may cost, in USD: its tokens of output cost one each, and those of input nothing. */
export const most = 50;

/** Each run asks a model, which calls a tool, and then answers: two calls. */
export const system = askingSystem(
  askingTask('ask', {
    maxTokens: most,
    tools: [{ task: 'look', description: 'Looks.' }],
    policy: { retry: { attempts: 3, delay: '1ms' } },
  }),
  { tasks: [code(anyTask('look'), () => 'seen')], budget: { total: '1000000 USD' } },
);
