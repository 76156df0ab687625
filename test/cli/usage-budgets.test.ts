import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqlite } from '../../src/store/index.ts';
import { project } from './dsl.ts';

const desk = `import { agent, system, task } from 'millrace';
import { z } from 'zod';
export default system('desk', { version: '1.0.0', budget: { run: '0.50 USD' } });
export const clerk = agent('clerk', { role: 'fast' });
export const sort = task('sort', { input: z.string(), output: z.string(), model: { agent: clerk, prompt: 'Sort it.' } });
`;
const config = `export default { models: { budgets: [{ scope: 'day', limit: '5 USD' }, { scope: 'task', of: 'sort', limit: '1 USD' }] } };\n`;

test('dsl usage says how each budget stands, also of one run', async () => {
  using it = project({ 'desk.dsl.ts': desk, 'dsl.config.ts': config });
  const store = openSqlite(join(it.root, 'desk.db'));
  const tokens = { input: 10, output: 10, cacheRead: 0, cacheWrite: 0, estimated: false };
  const call = {
    provider: 'anthropic',
    model: 'm',
    agent: 'clerk',
    step: 's',
    currency: 'USD',
    micros: 815,
    ...tokens,
  };
  const at = Date.parse('2026-11-20T10:00:00Z');
  store.transaction((tables) => {
    tables.usage.add({ ...call, id: '1', at, task: 'sort', run: 'r1' });
    tables.budgets.put({ account: 'day 2026-11-20', currency: 'USD', spent: 1215, reserved: 200 });
    tables.budgets.put({ account: 'run r1', currency: 'USD', spent: 815, reserved: 0 });
    tables.budgets.put({ account: 'run r2', currency: 'USD', spent: 400, reserved: 0 });
    tables.budgets.put({ account: 'task sort', currency: 'USD', spent: 815, reserved: 0 });
  });
  store.close();
  const all = await it.dsl(['usage', '--db', 'desk.db']);
  expect(all.stdout.split('\n').filter((line) => line.includes(': '))).toEqual([
    'day 2026-11-20: 0.001415 of 5.00 USD, of which 0.0002 USD set aside for calls under way, and 0.0004 USD for calls that were abandoned, or whose runs are gone',
    'run r1: 0.000815 of 0.50 USD',
    'run r2: 0.0004 of 0.50 USD, of which 0.0004 USD for calls that were abandoned, or whose runs are gone',
    'task sort: 0.000815 of 1.00 USD',
  ]);
  const one = await it.dsl(['usage', '--db', 'desk.db', '--run', 'r1']);
  expect(one.stdout).toContain('run r1: ');
  expect(one.stdout).not.toMatch(/day|r2/);
  const json = await it.dsl(['usage', '--db', 'desk.db', '--run', 'r2', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    budgets: [{ account: 'run r2', spent: { micros: 400 }, unrecorded: { micros: 400 } }],
  });
});
