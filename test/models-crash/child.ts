import { ReactiveSystemRuntime, Worker } from 'millrace/runtime';
import { silentLogger } from 'millrace/tasks';
import { system } from './system.ts';
import { wiredTo } from '../../src/runtime/fixtures/wired.ts';

// Runs flows whose steps are done by models, until all have ended; or works for whoever does.
const [db = '', address = '', runs = '1', role = 'alone'] = process.argv.slice(2);
const models = wiredTo(address);
const logger = silentLogger;
if (role === 'worker') {
  void new Worker(system, { db, models, logger, concurrency: 16 });
} else {
  const workers = role === 'owner' ? { workers: { concurrency: 0 } } : { concurrency: 32 };
  const runtime = new ReactiveSystemRuntime(system, { db, models, logger, maxLost: 1000, ...workers });
  const ids = Array.from({ length: Number(runs) }, (_, n) => `r${n}`);
  await Promise.all(ids.map((id, n) => runtime.start('f', { n }, { id })));
  await Promise.all(ids.map((id) => runtime.result(id)));
  await runtime.close();
}
