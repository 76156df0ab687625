import { expect, test } from 'vitest';
import { project } from './dsl.ts';

const files = {
  'rest.dsl.ts': `import { event, flow, system } from 'millrace';
import { z } from 'zod';

export default system('rest', { version: '1.0.0' });

export const rung = event('rung', { payload: z.object({ id: z.string() }) });
export const nap = flow('nap', { input: z.object({ id: z.string() }), output: z.string(), timeout: '9d' }, (f) => f.sleep('night', '8h').returns(() => 'awake'));
export const wait = flow('wait', { input: z.object({ id: z.string() }), output: z.string(), timeout: '9d' }, (f) => f
  .waitFor('bell', rung, { match: { id: ({ input }) => input.id }, timeout: '2d' })
  .returns(() => 'rung'));
`,
};

test('a journal says times as times and keys as they are', async () => {
  using it = project(files);
  for (const [flow, id, kind] of [
    ['nap', 'n1', 'night'],
    ['wait', 'w1', 'bell'],
  ] as const) {
    const running = it.start(['run', 'rest.dsl.ts', flow, '--id', id, '--input', '{"id":"a"}']);
    await running.says(kind);
    running.kill('SIGKILL');
    await running.done;
  }
  expect((await it.dsl(['runs', 'show', 'n1'])).stdout).toMatch(/sleeping .*until \d{4}-\d\d-\d\dT/);
  expect((await it.dsl(['runs', 'show', 'w1'])).stdout).toContain('{"key":{"id":"a"}');
  expect((await it.dsl(['--help'])).stdout).toMatch(/pause, resume, cancel,\s+retry/);
}, 60_000);
