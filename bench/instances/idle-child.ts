import { ReactiveSystemRuntime } from 'millrace/runtime';
import { idOf, system } from './system.ts';

// Drives a database in which instances idle, and wakes some: prints what that costs.
const [db = '', count = '1'] = process.argv.slice(2);
const opened = performance.now();
const runtime = new ReactiveSystemRuntime(system, { db });
await runtime.idle();
const open = performance.now() - opened;
globalThis.gc?.();
const { rss, heapUsed } = process.memoryUsage();
const wake = async (index: number): Promise<number> => {
  const started = performance.now();
  const { handled } = await runtime.sendEvent('ticked', { id: idOf(index) });
  if (!handled) throw new Error('Nobody woke.');
  return performance.now() - started;
};
const first = await wake(Math.floor(Number(count) / 2));
const times: number[] = [];
for (let n = 0; n < 50; n++) times.push(await wake(Math.floor((Number(count) * n) / 50)));
await runtime.close();
console.log(JSON.stringify({ open, rss, heapUsed, first, later: times.sort((a, b) => a - b)[25] }));
