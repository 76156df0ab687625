// This engine: one SQLite file in the folder that `STATE` names, synchronous=FULL.
import { join } from 'node:path';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { system } from '../../durable/system.ts';
import { measureAll } from '../workload.mjs';

const runtime = new ReactiveSystemRuntime(system, { db: join(process.env['STATE'] ?? '.', 'millrace.db') });
await measureAll(async (id) => {
  await runtime.start('ten', { index: 0 }, { id });
  const { output } = await runtime.result(id);
  return output;
});
await runtime.close();
