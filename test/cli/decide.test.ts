import { expect, test } from 'vitest';
import { project } from './dsl.ts';

const files = {
  'gate.dsl.ts': `import { flow, system } from 'millrace';
import { z } from 'zod';

export default system('gate', { version: '1.0.0' });

const Form = z.object({ reason: z.string().min(3) });

export const pass = flow('pass', { input: z.object({ what: z.string() }), output: z.string(), timeout: '9d' }, (f) => f
  .approve('word', { form: Form, message: ({ input }) => \`Let \${input.what} pass?\`, timeout: '2d' })
  .returns(({ word, input }) => \`\${input.what} \${word.approved ? 'passed' : 'stopped'} by \${word.by}: \${word.form?.reason ?? 'no reason'}\`));
`,
};
const run = (id: string) => ['run', 'gate.dsl.ts', 'pass', '--input', '{"what":"the cart"}', '--id', id];

test('a person decides from another process; the run that waits is listed with the form, and goes on', async () => {
  using it = project(files);
  const running = it.start([...run('r1'), '--json']);
  await running.says('word');
  await expect
    .poll(async () => JSON.parse((await it.dsl(['runs', 'list', '--json'])).stdout))
    .toMatchObject({
      runs: [
        {
          id: 'r1',
          status: 'waiting',
          decisions: [
            { step: 'word', message: 'Let the cart pass?', form: { required: ['reason'] }, until: expect.any(Number) },
          ],
        },
      ],
    });
  expect((await it.dsl(['runs', 'list'])).stdout).toContain('to be decided: word');
  const shown = (await it.dsl(['runs', 'show', 'r1'])).stdout;
  expect(shown).toContain('word: Let the cart pass?');
  expect(shown).toContain('"minLength":3');

  const decide = ['runs', 'decide', 'gate.dsl.ts', 'r1', 'word', '--by', 'ada'];
  expect(await it.dsl([...decide])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('either --approve or --reject'),
  });
  const refused = await it.dsl([...decide, '--approve', '--form', '{"reason":"no"}']);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('MR3234') });
  const done = await it.dsl([...decide, '--approve', '--form', '{"reason":"it is light"}', '--json']);
  expect(JSON.parse(done.stdout)).toMatchObject({ run: 'r1', step: 'word', approved: true, by: 'ada', driven: false });
  expect(JSON.parse((await running.done).stdout)).toMatchObject({ output: 'the cart passed by ada: it is light' });
  const again = await it.dsl([...decide, '--reject', '--form', '{"reason":"it is heavy"}']);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("approved by 'ada' already") });
});

test('where nobody drives the database, the command goes on with the run itself', async () => {
  using it = project(files);
  const running = it.start(run('r2'));
  await running.says('word');
  running.kill('SIGKILL');
  await running.done;
  const done = await it.dsl(['runs', 'decide', 'gate.dsl.ts', 'r2', 'word', '--reject', '--by', 'bela']);
  expect(done).toMatchObject({ code: 0, stdout: 'word of r2 is rejected by bela; the run is completed\n' });
  expect((await it.dsl(['runs', 'show', 'r2'])).stdout).toContain('the cart stopped by bela: no reason');
  const unknown = await it.dsl(['runs', 'decide', 'gate.dsl.ts', 'r2', 'wrd', '--approve', '--by', 'x', '--json']);
  expect(unknown.code).toBe(1);
  expect(unknown.stdout + unknown.stderr).toContain('MR3232');
}, 60_000);
