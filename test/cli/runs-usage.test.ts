import { join } from 'node:path';
import { expect, test } from 'vitest';
import { line, run } from '../../src/store/fixtures/rows.ts';
import { openSqlite } from '../../src/store/index.ts';
import { project } from './dsl.ts';

const used = {
  at: 1,
  provider: 'p',
  model: 'm',
  task: 't',
  agent: null,
  run: 'r',
  input: 1_000,
  output: 50,
  cacheRead: 0,
  cacheWrite: 0,
  estimated: false,
  micros: 12_500,
  currency: 'USD',
};

test('runs show says what models have used, in all and by step; those of tools belong to the step that called them', async () => {
  using it = project();
  const store = openSqlite(join(it.root, 'a.db'));
  store.transaction((tx) => {
    tx.runs.insert(run('r', { status: 'completed', ended: 5 }));
    tx.runs.insert(run('plain', { status: 'completed', ended: 5 }));
    tx.journal.append(line(1, { path: 'said' }));
    tx.usage.add({ ...used, id: '1', step: 'said' });
    tx.usage.add({ ...used, id: '2', step: 'said/~tool.1.1/~tool.2.1', micros: 500 });
    tx.usage.add({ ...used, id: '3', step: 'other', micros: null, currency: null });
  });
  store.close();
  const words = await it.dsl(['runs', 'show', 'r', '--db', 'a.db']);
  expect(words.stdout).toMatch(/models +3 calls, 3000 \+ 150 tokens, 0\.013 USD, 1 of unknown price\n/);
  expect(words.stdout).toMatch(/ said: 2 calls, 2000 \+ 100 tokens, 0\.013 USD\n/);
  expect(words.stdout).toMatch(/ other: 1 call, 1000 \+ 50 tokens, 1 of unknown price\n/);
  const { usage } = JSON.parse((await it.dsl(['runs', 'show', 'r', '--db', 'a.db', '--json'])).stdout) as {
    usage: unknown;
  };
  expect(usage).toMatchObject({
    calls: 3,
    total: 3_150,
    cost: ['0.013 USD'],
    unpriced: 1,
    steps: [
      { step: 'other', calls: 1, cost: [] },
      { step: 'said', calls: 2, cost: ['0.013 USD'] },
    ],
  });
  const plain = await it.dsl(['runs', 'show', 'plain', '--db', 'a.db', '--json']);
  expect(JSON.parse(plain.stdout)).not.toHaveProperty('usage');
});
