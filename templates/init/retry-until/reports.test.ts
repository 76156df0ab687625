import { deepEqual, equal } from 'node:assert/strict';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { silentLogger } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import reports from './generated/reports/index.ts';

// The tasks write beside the working directory.
process.chdir(mkdtempSync(join(tmpdir(), 'reports-')));

/** The whole system on a clock that is moved by hand; the report is done when it is looked at for the nth time. */
const open = (doneAt: number) => {
  let looks = 0;
  const clock = new SimulatedClock({ settle: () => runtime.idle() });
  const runtime = new ReactiveSystemRuntime(reports, { db: ':memory:', clock, logger: silentLogger });
  runtime.registerTaskImplementation('checkReport', () => {
    looks += 1;
    return looks === doneAt ? { done: true, result: 'r.pdf' } : { done: false, result: '' };
  });
  return { clock, runtime, looks: () => looks };
};

test('it asks again and again until the report is done', async () => {
  const { clock, runtime, looks } = open(4);
  const run = runtime.executeFlow('makeReport', { id: 'r-1' });
  await runtime.idle();
  equal(existsSync('jobs/report-r-1.json'), true);
  equal(looks(), 1);
  await clock.advance('1s');
  equal(looks(), 2);
  await clock.runUntilIdle();
  deepEqual((await run).output, { done: true, result: 'r.pdf' });
  equal(looks(), 4);
  await runtime.close();
});

test('after thirty times it gives up, and says so', async () => {
  const { clock, runtime, looks } = open(31);
  const run = runtime.executeFlow('makeReport', { id: 'r-2' });
  await runtime.idle();
  await clock.runUntilIdle();
  deepEqual((await run).output, { done: false, result: '' });
  equal(looks(), 30);
  await runtime.close();
});
