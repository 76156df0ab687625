import type { Pattern } from './pattern.ts';
import { flow, objectOf, quote, task } from './text.ts';

/** Starts something that takes its time, and asks again and again whether it is done. */
export const retryUntil: Pattern = {
  name: 'retry-until',
  summary: 'starts something elsewhere and asks until it is done, at most so often',
  parameters: [
    { key: 'name', is: { kind: 'name' }, what: 'the flow' },
    { key: 'start', is: { kind: 'name' }, what: 'the task that starts it' },
    { key: 'check', is: { kind: 'name' }, what: 'the task that asks whether it is done' },
    { key: 'every', is: { kind: 'duration' }, what: 'the time between two questions', fallback: '10s' },
    { key: 'max', is: { kind: 'count', least: 1 }, what: 'how often it is asked', fallback: 60 },
    { key: 'input', is: { kind: 'fields' }, what: 'what the flow and `start` get', fallback: { id: 'string' } },
  ],
  definitions: (values) => {
    const [name, start, check] = [values.name('name'), values.name('start'), values.name('check')];
    const input = objectOf(values.fields('input'));
    const state = 'z.object({ done: z.boolean(), result: z.string() })';
    const steps = [
      `.step('job', ({ input }) => ${start}(input))`,
      `.repeat('asked', (f) => f.step('state', ({ job }) => ${check}({ jobId: job.jobId })), {`,
      '  until: ({ value }) => value.done,',
      `  max: ${values.count('max')},`,
      `  delay: ${quote(values.duration('every'))},`,
      '})',
      '.returns(({ asked }) => ({ done: asked.done, result: asked.result }))',
    ];
    return [
      task(start, 'Starts the job, once, however often it is asked to.', {
        input,
        output: 'z.object({ jobId: z.string() })',
      }),
      task(check, 'Looks how far the job is.', { input: 'z.object({ jobId: z.string() })', output: state }),
      flow(name, 'Starts a job and asks until it is done. Not done in the end is a result, too: `done` is false.', {
        input,
        output: state,
        steps,
      }),
    ];
  },
};
