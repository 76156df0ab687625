import { mkdir, writeFile } from 'node:fs/promises';
import { implement } from 'millrace/tasks';
import { startReport } from '../generated/reports/contracts.ts';

/** How long the report takes. Stands for a service elsewhere that is asked over the network. */
const milliseconds = 2500;

export default implement(startReport, async ({ id }) => {
  const jobId = `report-${encodeURIComponent(id)}`;
  await mkdir('jobs', { recursive: true });
  // Started already, by an attempt that was cut short? Then it stays as it is.
  await writeFile(`jobs/${jobId}.json`, JSON.stringify({ readyAt: Date.now() + milliseconds }), { flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  return { jobId };
});
