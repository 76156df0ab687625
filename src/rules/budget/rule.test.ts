import { expect, it } from 'vitest';
import { system, task } from '../../model/fixtures/nodes.ts';
import { readText } from '../../source/fixtures/read-text.ts';
import { found, messages } from '../fixtures/found.ts';
import { performed } from '../fixtures/performed.ts';
import { budget } from './rule.ts';

const check = (of: string, more = '') => performed(budget, { system: `budget: ${of}`, more });

it.each([
  "{ run: '1 USD', day: '0.5 USD' }",
  "{ tasks: { sort: '0 EUR' }, total: '1.5 EUR', models: { x: '1 EUR' } }",
  '{}',
])('has nothing against %s', async (of) => expect(await check(of)).toEqual([]));

it('reports two currencies', async () => {
  expect(await check("{ run: '1 USD', total: '2 USD', tasks: { sort: '1 EUR' } }")).toEqual([
    "budget.tasks.sort error: The budget has amounts in USD and, in 'tasks.sort', in EUR: nothing converts currencies.",
  ]);
});

it('reports tasks that there are not, and those that cost nothing', async () => {
  expect(await check("{ tasks: { srot: '1 USD' } }")).toEqual([
    "budget.tasks.srot error: There is a budget of the task 'srot', and no such task.",
  ]);
  const more = "export const look = task('look', { input: z.string(), output: z.string() });";
  expect(await check("{ tasks: { look: '1 USD' } }", more)).toEqual([
    "budget.tasks.look warning: There is a budget of the task 'look', which no model performs: it costs nothing.",
  ]);
});

it('says which tasks there are', async () => {
  const { system: read } = await readText(`import { agent, system, task } from 'millrace';
import { z } from 'zod';
export default system('s', { version: '1.0.0', budget: { tasks: { quite: '1 USD' } } });
export const clerk = agent('clerk', { role: 'fast' });
export const sort = task('sort', { input: z.string(), output: z.string(), model: { agent: clerk, prompt: 'Sort.' } });
`);
  expect(read && found(budget, read).map(({ hint }) => hint)).toEqual(["Known model tasks: 'sort'."]);
});

it('reports a budget where nothing costs anything', () => {
  expect(messages(budget, system({ tasks: [task('t')], budget: { run: '1 USD' } }))).toEqual([
    "System 'orders' has a budget, and no task that a model performs: nothing costs anything.",
  ]);
});
