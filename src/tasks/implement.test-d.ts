// What the editor must accept and refuse where a task is implemented.
import { z } from 'zod';
import { taskContract } from '../flow/index.ts';
import { implement, type TaskImplementation } from './index.ts';

const rate = taskContract('rate', {
  input: z.object({ amount: z.int(), note: z.string().default('') }),
  output: z.object({ level: z.enum(['low', 'high']), tags: z.array(z.string()) }),
  policy: {},
  source: 'a.dsl.ts:1:1',
});

// Literals stay literals, in whatever way the result is made.
implement(rate, ({ amount }) => ({ level: amount > 1 ? 'high' : 'low', tags: [] }));
implement(rate, async ({ amount, note }) => ({ level: amount > 1 ? 'high' : 'low', tags: [note.trim()] }));
implement(rate, async ({ amount }) => {
  if (amount > 9) return { level: 'high', tags: ['huge'] };
  return { level: 'low', tags: [] };
});

// @ts-expect-error 'medium' is not a level
implement(rate, () => ({ level: 'medium', tags: [] }));
// @ts-expect-error tags are missing
implement(rate, async () => ({ level: 'low' }));
// @ts-expect-error there is no such input
implement(rate, ({ total }) => ({ level: total > 1 ? 'high' : 'low', tags: [] }));

// Any implementation is one of a system's, and only the right one is the task's.
export const any: TaskImplementation = implement(rate, () => ({ level: 'low', tags: [] }));
const other = taskContract('other', { input: z.string(), output: z.string(), policy: {}, source: 'a.dsl.ts:2:1' });
// @ts-expect-error the code of another task
export const wrong: TaskImplementation<typeof rate> = implement(other, (text) => text);

// What a tool gives is what it says, and only that.
implement(rate, async (_, { tool, once, state, checkpoint, heartbeat }) => {
  heartbeat({ page: 1 });
  await checkpoint({ page: 1 });
  const { output, replayed } = await tool('shell', { command: 'ls' }, () => ({ exitCode: 0 }), { force: true });
  const code: number = output.exitCode;
  const again: boolean = replayed;
  const { output: sent } = await once('k', 1, async ({ idempotencyKey }) => idempotencyKey, { ttl: '1h', wait: false });
  // @ts-expect-error it is a text
  const wrongType: number = sent;
  // @ts-expect-error nobody knows what was saved
  const page: number = state.page;
  return { level: 'low', tags: [String(code), String(again), String(wrongType), String(page)] };
});
