import { flow, system, task } from 'millrace';
import { z } from 'zod';

export default system('reports', { version: '1.0.0', description: 'Has reports made elsewhere, and waits until they are done.' });

const once = { retry: { attempts: 3, backoff: 'exponential', delay: '200ms' }, timeout: '10s', idempotent: true } as const;

/** Starts the report, once, however often it is asked to. */
export const startReport = task('startReport', {
  input: z.object({ id: z.string().min(1) }),
  output: z.object({ jobId: z.string() }),
  ...once,
});

/** Looks how far the report is. */
export const checkReport = task('checkReport', {
  input: z.object({ jobId: z.string() }),
  output: z.object({ done: z.boolean(), result: z.string() }),
  ...once,
});

/** Starts a report and asks until it is done. Not done in the end is a result, too: `done` is false. */
export const makeReport = flow(
  'makeReport',
  { input: z.object({ id: z.string().min(1) }), output: z.object({ done: z.boolean(), result: z.string() }) },
  (f) => f
    .step('job', ({ input }) => startReport(input))
    .repeat('asked', (f) => f.step('state', ({ job }) => checkReport({ jobId: job.jobId })), {
      until: ({ value }) => value.done,
      max: 30,
      delay: '1s',
    })
    .returns(({ asked }) => ({ done: asked.done, result: asked.result })),
);
