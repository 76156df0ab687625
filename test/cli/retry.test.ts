import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project } from './dsl.ts';

const files = {
  'gate.dsl.ts': `import { event, flow, system, task } from 'millrace';
import { z } from 'zod';

export default system('gate', { version: '1.2.0' });

export const opened = event('opened', { payload: z.object({ gate: z.string() }) });
export const oil = task('oil', { input: z.object({ drops: z.number() }), output: z.number(), retry: { attempts: 1 } });
export const close = task('close', { input: z.object({}), output: z.object({}), idempotent: true, retry: { attempts: 1 } });

export const pass = flow('pass', { input: z.object({ gate: z.string(), drops: z.number() }), output: z.string(), timeout: '9d' }, (f) => f
  .step('first', () => oil({ drops: 3 }))
  .step('second', ({ input }) => oil({ drops: input.drops }))
  .returns(({ first, second }) => \`\${first} and \${second} drops\`));

export const wait = flow('wait', { input: z.object({ gate: z.string() }), output: z.string() }, (f) => f
  .step('first', () => oil({ drops: 3 })).undo(() => close({}))
  .waitFor('opening', opened, { match: { gate: ({ input }) => input.gate }, timeout: '9d' })
  .returns(({ opening }) => opening.gate));

export const word = flow('word', { input: z.object({}), output: z.string(), timeout: '9d' }, (f) => f
  .approve('yes', { timeout: '2d' })
  .returns(({ yes }) => yes.by));
`,
  'tasks/oil.ts': `import { implement, NonRetryableError } from 'millrace/tasks';
import { oil } from '../generated/gate/contracts.ts';
export default implement(oil, ({ drops }) => {
  if (drops < 0) throw new NonRetryableError('too few drops');
  return drops;
});
`,
  'tasks/close.ts': `import { implement } from 'millrace/tasks';
import { close } from '../generated/gate/contracts.ts';
export default implement(close, () => ({}));
`,
};

test('retries with another input, lists checkpoints, forks, cancels; says why not', async () => {
  using it = project(files);
  const json = async (...args: string[]): Promise<unknown> => {
    const { stdout, stderr } = await it.dsl([...args, '--json']);
    return stdout === '' ? stderr : JSON.parse(stdout);
  };
  const input = '{"gate":"north","drops":-1}';
  expect(await json('run', 'gate.dsl.ts', 'pass', '--input', input, '--id', 'r1')).toMatchObject({ status: 'failed' });
  const refused = await it.dsl(['runs', 'retry', 'gate.dsl.ts', 'r1', '--input', '{"drops":"many"}']);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('MR3255') });
  expect(await json('runs', 'retry', 'gate.dsl.ts', 'r1', '--input', '{"drops":4}', '--by', 'ada')).toMatchObject({
    run: 'r1',
    fromStep: 'second',
    epoch: 1,
    dropped: ['second'],
    parents: [],
    version: '1.2.0',
    hash: expect.any(String),
    status: 'completed',
    driven: true,
  });
  const shown = (await it.dsl(['runs', 'show', 'r1'])).stdout;
  expect(shown).toContain('3 and 4 drops');
  expect(shown).toMatch(/\(failed\) +second[^]*rewound +second +It was retried by ada. Again: second/);
  expect(await it.dsl(['runs', 'retry', 'gate.dsl.ts', 'r1'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('dsl runs fork FILE r1'),
  });

  const { checkpoints } = (await json('checkpoints', 'list', 'r1')) as { checkpoints: { seq: number }[] };
  expect(checkpoints).toMatchObject([
    { run: 'r1', path: 'second', target: 'oil', flow: 'pass', attempt: 1, status: 'trusted', counts: true },
    { path: 'first' },
  ]);
  expect((await it.dsl(['checkpoints', 'list', '--task', 'oil'])).stdout).toContain('second');
  expect(await it.dsl(['checkpoints', 'list', 'nobody'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('MR2013'),
  });

  const at = String(checkpoints[1]?.seq);
  expect(await json('runs', 'fork', 'gate.dsl.ts', 'r1', '--at', at, '--id', 'r2')).toMatchObject({
    run: 'r2',
    from: 'r1',
    at: Number(at),
    status: 'failed',
  });
  expect(
    await json('runs', 'fork', 'gate.dsl.ts', 'r1', '--from-step', 'second', '--input', '{"drops":9}', '--id', 'r3'),
  ).toMatchObject({ run: 'r3', dropped: ['second'], status: 'completed' });
  const fork = (await it.dsl(['runs', 'show', 'r3'])).stdout;
  expect(fork).toMatch(/3 and 9 drops[^]*forked +r1/);
  // What it was made of came before it, not after a time below zero.
  expect(fork).toMatch(/^before +/m);
  expect(fork).not.toMatch(/\+-\d/);
  expect(await it.dsl(['runs', 'fork', 'gate.dsl.ts', 'r1', '--at', 'x'])).toMatchObject({ code: 2 });

  // Through whoever drives the database, too.
  const running = it.start(['run', 'gate.dsl.ts', 'wait', '--input', '{"gate":"south"}', '--id', 'w', '--json']);
  await expect
    .poll(
      async () => ((await json('runs', 'list', '--flow', 'wait')) as { runs?: { status: string }[] }).runs?.[0]?.status,
      {
        timeout: 10_000,
      },
    )
    .toBe('waiting');
  const first = ['runs', 'retry', 'gate.dsl.ts', 'w', '--from-step', 'first'];
  expect(await it.dsl(first)).toMatchObject({ code: 1, stderr: expect.stringContaining('MR3259') });
  expect(await json(...first, '--keep-effects')).toMatchObject({
    dropped: ['first', 'opening'],
    notUndone: ['first'],
    driven: false,
  });
  expect(await json('runs', 'cancel', 'gate.dsl.ts', 'w', '--reason', 'enough')).toEqual({
    run: 'w',
    accepted: true,
    status: 'cancelled',
    driven: false,
  });
  expect(JSON.parse((await running.done).stdout)).toMatchObject({ status: 'cancelled', error: { message: 'enough' } });
  expect(await it.dsl(['runs', 'cancel', 'gate.dsl.ts', 'w'])).toMatchObject({
    code: 1,
    stdout: 'w was over: it is cancelled\n',
  });
  expect(await it.dsl(['runs', 'cancel', 'gate.dsl.ts', 'nobody'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('MR3208'),
  });
}, 60_000);

test('a cancel says when nothing could be undone', async () => {
  using it = project(files);
  const running = it.start(['run', 'gate.dsl.ts', 'wait', '--input', '{"gate":"south"}', '--id', 'r']);
  await expect.poll(async () => (await it.dsl(['runs', 'list'])).stdout, { timeout: 10_000 }).toContain('waiting');
  running.kill('SIGINT');
  await running.done;
  // The code does not fit any more, which is known when the run goes on.
  const source = files['gate.dsl.ts'].replaceAll('oil({ drops: 3 })', 'oil({ drops: 5 })');
  writeFileSync(join(it.root, 'gate.dsl.ts'), source);
  expect((await it.dsl(['runs', 'cancel', 'gate.dsl.ts', 'r'])).stdout).toBe('r is blocked\n');
  const { stdout } = await it.dsl(['runs', 'cancel', 'gate.dsl.ts', 'r', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ accepted: true, status: 'cancelled', undone: false, done: ['first'] });
}, 60_000);

test('a run that waits for a person says how to decide when it is left', async () => {
  using it = project(files);
  const db = ['--db', 'own place.db'];
  const running = it.start(['run', 'gate.dsl.ts', 'word', '--input', '{}', '--id', 'r1', ...db]);
  await expect
    .poll(async () => (await it.dsl(['runs', 'list', ...db])).stdout, { timeout: 10_000 })
    .toContain('to be decided');
  running.kill('SIGINT');
  const { stderr } = await running.done;
  expect(stderr).toContain("`dsl runs decide gate.dsl.ts r1 yes --approve --by NAME --db 'own place.db'`");
  expect(stderr).toContain("`dsl run gate.dsl.ts word --id r1 --db 'own place.db'`");
  const paused = await it.dsl(['runs', 'pause', 'gate.dsl.ts', 'r1', ...db]);
  expect(paused.stderr).toContain("`dsl runs resume gate.dsl.ts r1 --db 'own place.db'`");
  const resumed = await it.dsl(['runs', 'resume', 'gate.dsl.ts', 'r1', ...db]);
  expect(resumed.stdout).toContain('r1 is waiting');
  expect(resumed.stderr).toContain('Nobody drives the database now: r1 goes on with `dsl run gate.dsl.ts word --id r1');
  const decided = await it.dsl(['runs', 'decide', 'gate.dsl.ts', 'r1', 'yes', '--approve', '--by', 'ada', ...db]);
  expect(decided).toMatchObject({ code: 0, stderr: '' });
}, 60_000);
