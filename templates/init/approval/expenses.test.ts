import { deepEqual, equal, match } from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { silentLogger } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import expenses from './generated/expenses/index.ts';

// The tasks write beside the working directory.
process.chdir(mkdtempSync(join(tmpdir(), 'expenses-')));

const open = () => {
  const clock = new SimulatedClock({ settle: () => runtime.idle() });
  const runtime = new ReactiveSystemRuntime(expenses, { db: ':memory:', clock, logger: silentLogger });
  return { clock, runtime };
};
const expense = (id: string) => ({ id, who: 'Ada', what: 'a lamp', cents: 4250 });

test('what is approved is paid', async () => {
  const { runtime } = open();
  const run = runtime.executeFlow('payExpense', expense('e-1'));
  await runtime.idle();
  equal(readFileSync('desk/e-1.txt', 'utf8'), 'Ada asks for 42.50 for a lamp.\n');
  await runtime.sendEvent('expenseDecided', { id: 'e-2', approved: false, by: 'Grace' });
  await runtime.sendEvent('expenseDecided', { id: 'e-1', approved: true, by: 'Grace' });
  deepEqual((await run).output, { approved: true, by: 'Grace' });
  match(readFileSync('ledger.txt', 'utf8'), /^e-1: 42\.50 to Ada, approved by Grace \[\w+\]\n$/);
  equal(existsSync('letters.txt'), false);
  await runtime.close();
});

test('no answer in three days is a no', async () => {
  const { clock, runtime } = open();
  const run = runtime.executeFlow('payExpense', expense('e-3'));
  await runtime.idle();
  await clock.advance('3d');
  deepEqual((await run).output, { approved: false, by: 'nobody in time' });
  match(readFileSync('letters.txt', 'utf8'), /^e-3: Dear Ada, no money for a lamp\. Decided by nobody in time/);
  await runtime.close();
});

test('a submitted expense starts the flow', async () => {
  const { runtime } = open();
  await runtime.sendEvent('expenseSubmitted', expense('e-4'));
  await runtime.idle();
  equal(runtime.list({ target: 'payExpense' })[0]?.status, 'waiting');
  await runtime.close();
});
