// DBOS on PostgreSQL, which `DATABASE_URL` names: fsync on, as it comes.
import { DBOS } from '@dbos-inc/dbos-sdk';
import { measureAll, steps, work } from './workload.mjs';

DBOS.setConfig({
  name: 'bench',
  systemDatabaseUrl: process.env['DATABASE_URL'],
  logLevel: 'error',
  runAdminServer: false,
});

const ten = DBOS.registerWorkflow(
  async () => {
    let sum = 0;
    for (let index = 0; index < steps; index += 1) {
      const done = await DBOS.runStep(async () => work(index), { name: `s${index}` });
      sum += done.index;
    }
    return sum;
  },
  { name: 'ten' },
);

await DBOS.launch();
await measureAll(async (id) => {
  const handle = await DBOS.startWorkflow(ten, { workflowID: id })();
  return handle.getResult();
});
await DBOS.shutdown();
process.exit(0);
