import { flow, system, task } from 'millrace';
import { z } from 'zod';

export default system('words', { version: '1.0.0', description: 'Counts the words of many files.' });

/** Counts the words of one file. A file that is not there fails the flow. */
export const countFile = task('countFile', {
  input: z.object({ item: z.string() }),
  output: z.object({ value: z.int() }),
  needs: { fs: ['texts/**'] },
  retry: { attempts: 3, backoff: 'exponential', delay: '200ms' },
  timeout: '10s',
  idempotent: true,
});

/** Makes one number of many. They come in the order of the files. */
export const addUp = task('addUp', {
  input: z.object({ values: z.array(z.int()) }),
  output: z.object({ value: z.int() }),
  idempotent: true,
});

/** Every file by itself, four at a time; then all counts together. */
export const countWords = flow(
  'countWords',
  { input: z.object({ items: z.array(z.string()).min(1) }), output: z.object({ value: z.int() }) },
  (f) => f
    .map('parts', ({ input }) => input.items, (f) => f.step('part', ({ item }) => countFile({ item })), { concurrency: 4 })
    .step('total', ({ parts }) => addUp({ values: parts.map(({ value }) => value) }))
    .returns(({ total }) => ({ value: total.value })),
);
