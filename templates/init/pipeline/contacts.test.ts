import { deepEqual, equal } from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { silentLogger } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import contacts from './generated/contacts/index.ts';

// The tasks write beside the working directory.
const folder = mkdtempSync(join(tmpdir(), 'contacts-'));
copyFileSync('spreadsheet.csv', join(folder, 'spreadsheet.csv'));
process.chdir(folder);

const book = () => readFileSync('address-book.jsonl', 'utf8').trim().split('\n').map((line) => JSON.parse(line) as unknown);

test('rows are read, cleaned and stored, and a second import changes nothing', async () => {
  const runtime = new ReactiveSystemRuntime(contacts, { db: ':memory:', logger: silentLogger });
  deepEqual((await runtime.executeFlow('importContacts', { data: 'spreadsheet.csv' })).output, { data: 'address-book.jsonl' });
  const expected = [
    { name: 'Ada L.', email: 'ada@example.org' },
    { name: 'Grace Hopper', email: 'grace@example.org' },
  ];
  deepEqual(book(), expected);
  await runtime.executeFlow('importContacts', { data: 'spreadsheet.csv' });
  deepEqual(book(), expected);
  await runtime.close();
});

test('a stage that fails is tried again, and those before it are not', async () => {
  const calls: string[] = [];
  const clock = new SimulatedClock({ settle: () => runtime.idle() });
  const runtime = new ReactiveSystemRuntime(contacts, { db: ':memory:', clock, logger: silentLogger });
  const stage = (name: string, failures = 0) =>
    runtime.registerTaskImplementation(name, (input) => {
      calls.push(name);
      if (calls.filter((call) => call === name).length <= failures) throw new Error('busy');
      return input;
    });
  stage('readRows');
  stage('cleanRows', 2);
  stage('storeRows');
  const run = runtime.executeFlow('importContacts', { data: 'spreadsheet.csv' });
  await runtime.idle();
  await clock.runUntilIdle();
  equal((await run).success, true);
  deepEqual(calls, ['readRows', 'cleanRows', 'cleanRows', 'cleanRows', 'storeRows']);
  await runtime.close();
});
