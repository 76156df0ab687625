import { readFile } from 'node:fs/promises';
import { implement } from 'millrace/tasks';
import { checkReport } from '../generated/reports/contracts.ts';

export default implement(checkReport, async ({ jobId }, { signal }) => {
  const text = await readFile(`jobs/${jobId}.json`, { encoding: 'utf8', signal });
  const { readyAt } = JSON.parse(text) as { readonly readyAt: number };
  const done = Date.now() >= readyAt;
  return { done, result: done ? `${jobId}.pdf` : '' };
});
