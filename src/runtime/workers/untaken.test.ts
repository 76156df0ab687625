import { afterEach, beforeEach, expect, it } from 'vitest';
import { DatabaseSync } from 'node:sqlite';
import { ReactiveSystemRuntime, Worker } from 'millrace/runtime';
import { silentLogger } from 'millrace/tasks';
import { marksSystem } from './fixtures/marks-system.ts';
import { Room } from './fixtures/processes.ts';

let room: Room;
beforeEach(() => {
  room = new Room();
});
afterEach(() => room.close());

it('work of a task that no process takes is told once, and shown', async () => {
  const { db, log } = room;
  const warned: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => void warned.push(message) };
  const runtime = new ReactiveSystemRuntime(marksSystem, { db, workers: { concurrency: 0 }, logger });
  const told: unknown[] = [];
  runtime.on((event) => {
    if (event.type === 'work.untaken') told.push([event.task, event.step]);
  });
  const other = new Worker(marksSystem, { db, tasks: ['picky'], logger: silentLogger });
  const { runId } = await runtime.start('chain', { steps: 1, log });
  await runtime.start('chain', { steps: 1, log });
  await expect.poll(() => runtime.reader.work()).toHaveLength(2);
  expect(runtime.reader.work().some(({ untaken }) => untaken)).toBe(false);
  const raw = new DatabaseSync(db);
  raw.exec('UPDATE work SET created = created - 60000');
  raw.close();
  await expect.poll(() => told, { timeout: 5000 }).toEqual([['mark', 's1']]);
  expect(runtime.reader.work().map(({ untaken }) => untaken)).toEqual([true, true]);
  expect(warned.filter((text) => text.includes('dsl work FILE --tasks mark'))).toHaveLength(1);
  const worker = new Worker(marksSystem, { db, logger: silentLogger });
  expect(await runtime.result(runId)).toMatchObject({ success: true });
  await Promise.all([worker.close(), other.close()]);
  await runtime.close();
  expect(told).toHaveLength(1);
});
