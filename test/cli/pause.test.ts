import { expect, test } from 'vitest';
import { project } from './dsl.ts';

const files = {
  'gate.dsl.ts': `import { event, flow, system } from 'millrace';
import { z } from 'zod';

export default system('gate', { version: '1.0.0' });

export const opened = event('opened', { payload: z.object({ gate: z.string() }) });

export const pass = flow('pass', { input: z.object({ gate: z.string() }), output: z.string() }, (f) => f
  .waitFor('opening', opened, { match: { gate: ({ input }) => input.gate }, timeout: '9d' })
  .returns(({ opening }) => \`\${opening.gate} is open\`));
`,
};

test('pauses and resumes from another process, over a kill -9 of the one that drives', async () => {
  using it = project(files);
  const running = it.start(['run', 'gate.dsl.ts', 'pass', '--input', '{"gate":"north"}', '--id', 'r1', '--json']);
  const status = async (): Promise<unknown> => {
    const { stdout } = await it.dsl(['runs', 'list', '--json']);
    return stdout === '' ? undefined : (JSON.parse(stdout) as { runs?: { status: string }[] }).runs?.[0]?.status;
  };
  await expect.poll(status, { timeout: 10_000 }).toBe('waiting');
  const paused = await it.dsl(['runs', 'pause', 'gate.dsl.ts', 'r1', '--json']);
  expect(JSON.parse(paused.stdout)).toEqual({ run: 'r1', status: 'paused', runs: ['r1'], driven: false });
  expect((await it.dsl(['runs', 'pause', 'gate.dsl.ts', 'r1', '--abort'])).stdout).toContain('r1 was paused already');
  running.kill('SIGKILL');
  await running.done;

  const sent = await it.dsl(['send', 'gate.dsl.ts', 'opened', '--payload', '{"gate":"north"}', '--json']);
  expect(JSON.parse(sent.stdout)).toMatchObject({ handled: true });
  expect(await status()).toBe('paused');

  const resumed = await it.dsl(['runs', 'resume', 'gate.dsl.ts', 'r1', '--json']);
  expect(JSON.parse(resumed.stdout)).toEqual({ run: 'r1', runs: ['r1'], status: 'completed', driven: true });
  expect((await it.dsl(['runs', 'show', 'r1'])).stdout).toContain('north is open');
  expect(await it.dsl(['runs', 'resume', 'gate.dsl.ts', 'r1'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('MR3251'),
  });
  expect(await it.dsl(['runs', 'pause', 'gate.dsl.ts', 'nobody'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('MR3208'),
  });
});
