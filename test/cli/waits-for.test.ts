import { expect, test } from 'vitest';
import { project } from './dsl.ts';

const files = {
  'shop.dsl.ts': `import { event, flow, system, task } from 'millrace';
import { z } from 'zod';

export default system('shop', { version: '1.0.0' });

const Id = z.object({ id: z.string() });
export const placed = event('placed', { payload: Id });
export const paid = event('paid', { payload: Id });
export const fails = task('fails', { input: Id, output: z.string(), retry: { attempts: 2, delay: '1h' } });
export const waits = flow('waits', { input: Id, on: placed, output: z.string() }, (f) => f
  .waitFor('money', paid, { match: { id: ({ input }) => input.id }, timeout: '9d' })
  .returns(({ money }) => money.id));
export const sleeps = flow('sleeps', { input: Id, on: placed, output: z.string() }, (f) => f
  .sleep('night', '1h')
  .returns(({ input }) => input.id));
export const tries = flow('tries', { input: Id, on: placed, output: z.string() }, (f) => f
  .step('tried', ({ input }) => fails(input))
  .returns(({ tried }) => tried));
`,
  'tasks/fails.ts': `import { implement } from 'millrace/tasks';
import { fails } from '../generated/shop/contracts.ts';

export default implement(fails, () => {
  throw new Error('not yet');
});
`,
};

test('a list of runs says what each of them waits for', async () => {
  using it = project(files);
  expect(await it.dsl(['send', 'shop.dsl.ts', 'placed', '--payload', '{"id":"A"}'])).toMatchObject({ code: 0 });
  const list = async (): Promise<Record<string, { readonly id: string; readonly waitsFor: string }>> => {
    const { runs } = JSON.parse((await it.dsl(['runs', 'list', '--json'])).stdout) as {
      runs: { readonly id: string; readonly flow: string; readonly waitsFor: string }[];
    };
    return Object.fromEntries(runs.map((run) => [run.flow, run]));
  };
  const found = await list();
  expect(found).toMatchObject({
    waits: { waitsFor: 'event paid' },
    sleeps: { waitsFor: expect.stringMatching(/^until \d{4}-/) },
    tries: { waitsFor: expect.stringMatching(/^another try of tried at \d{4}-/) },
  });
  expect((await it.dsl(['runs', 'list'])).stdout).toContain('event paid');
  await it.dsl(['runs', 'pause', 'shop.dsl.ts', found['waits']?.id ?? '']);
  expect(await list()).toMatchObject({ waits: { waitsFor: 'to be resumed' } });
});
