import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'vitest';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { silentLogger } from 'millrace/tasks';
import words from './generated/words/index.ts';

const open = () => new ReactiveSystemRuntime(words, { db: ':memory:', logger: silentLogger });

test('the counts of all files are added up', async () => {
  const runtime = open();
  const items = ['texts/mill.txt', 'texts/river.txt', 'texts/wheel.txt'];
  const { output } = await runtime.executeFlow('countWords', { items });
  deepEqual(output, { value: 26 });
  await runtime.close();
});

test('counts come in the order of the files, four at a time', async () => {
  const runtime = open();
  let now = 0;
  let most = 0;
  runtime.registerTaskImplementation('countFile', async (input) => {
    most = Math.max(most, (now += 1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    now -= 1;
    return { value: Number((input as { item: string }).item) };
  });
  const seen: unknown[] = [];
  runtime.registerTaskImplementation('addUp', (input) => {
    seen.push(input);
    return { value: 0 };
  });
  await runtime.executeFlow('countWords', { items: ['3', '1', '2', '9', '5', '4'] });
  deepEqual(seen, [{ values: [3, 1, 2, 9, 5, 4] }]);
  equal(most, 4);
  await runtime.close();
});

test('a file that is not there fails the flow, by its name', async () => {
  const runtime = open();
  const { success, error } = await runtime.executeFlow('countWords', { items: ['texts/mill.txt', 'texts/none.txt'] });
  equal(success, false);
  equal(error?.message.includes('texts/none.txt'), true);
  await runtime.close();
});
