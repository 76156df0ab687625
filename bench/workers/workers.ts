/**
 * Steps per second of one file, `synchronous=FULL`, 100 concurrent runs: all in one process, and with two worker processes
 * that claim each step, under a lease, and hand its result back. Tasks that do nothing show what sharing costs; those that
 * occupy a processor for 5 ms show what it brings where there is more than one.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { compared, median, type Row } from '../table.ts';
import { steps, system } from './system.ts';

const child = fileURLToPath(new URL('child.ts', import.meta.url));
const concurrent = 100;

async function started(db: string): Promise<ChildProcess> {
  const worker = fork(child, [db]);
  await new Promise((resolve) => worker.once('message', resolve));
  return worker;
}

async function ended(worker: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => worker.once('exit', resolve));
  worker.send('end');
  await gone;
}

async function measured(db: string, workers: number, runs: number, busyMs: number): Promise<number> {
  const runtime = new ReactiveSystemRuntime(system, { db, ...(workers > 0 ? { workers: { concurrency: 0 } } : {}) });
  const others = await Promise.all(Array.from({ length: workers }, () => started(db)));
  let next = 0;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: concurrent }, async () => {
      while (next < runs) {
        next += 1;
        const { success } = await runtime.executeFlow('ten', { busyMs });
        if (!success) throw new Error('A run of the benchmark failed.');
      }
    }),
  );
  const seconds = (performance.now() - from) / 1000;
  await Promise.all(others.map(ended));
  await runtime.close();
  return (runs * steps) / seconds;
}

export async function run(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  try {
    await measured(join(folder, 'warm.db'), 0, 100, 0);
    const rows: Row[] = [];
    for (const [what, busyMs, runs] of [
      ['tasks that do nothing', 0, 600],
      ['tasks of 5 ms of processor', 5, 40],
    ] as const) {
      const alone: number[] = [];
      const shared: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        alone.push(await measured(join(folder, `alone-${busyMs}-${round}.db`), 0, runs, busyMs));
        shared.push(await measured(join(folder, `shared-${busyMs}-${round}.db`), 2, runs, busyMs));
      }
      const peer = { name: `one process, ${what}`, value: median(alone) };
      rows.push({ ...peer, unit: 'steps/s' });
      rows.push(compared(`owner and 2 workers, ${what}`, median(shared), 'claims/s', peer));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
