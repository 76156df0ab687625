import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project } from './dsl.ts';

const files = {
  'note.dsl.ts': `import { event, flow, system } from 'millrace';
import { z } from 'zod';

export default system('note', { version: '1.0.0' });

export const noted = event('noted', { payload: z.object({ text: z.string() }) });

export const say = flow('say', { input: z.object({ text: z.string() }), output: z.string() }, (f) => f
  .emit('said', ({ input }) => noted({ text: input.text }))
  .returns(({ input }) => input.text));

export const wait = flow('wait', { input: z.object({ text: z.string() }), output: z.string() }, (f) => f
  .waitFor('heard', noted, { match: { text: ({ input }) => input.text }, timeout: '9d' })
  .returns(({ heard }) => heard.text));
`,
};

test('says which ended runs would go, lets go of them, and leaves those under way', async () => {
  using it = project(files);
  const say = (id: string) => it.dsl(['run', 'note.dsl.ts', 'say', '--input', '{"text":"hi"}', '--id', id, '--json']);
  for (const id of ['a', 'b', 'c']) expect((await say(id)).code).toBe(0);
  const waiting = it.start(['run', 'note.dsl.ts', 'wait', '--input', '{"text":"there"}', '--id', 'w']);
  const ids = async (): Promise<string[]> => {
    const { stdout } = await it.dsl(['runs', 'list', '--json']);
    return (JSON.parse(stdout) as { runs: { id: string }[] }).runs.map(({ id }) => id).sort();
  };
  await expect.poll(ids, { timeout: 10_000 }).toEqual(['a', 'b', 'c', 'w']);

  const would = await it.dsl(['runs', 'prune', '--keep', '1', '--dry-run']);
  expect(would.stdout).toBe('a\nb\n');
  expect(would.stderr).toContain('2 runs with');
  expect(await ids()).toHaveLength(4);
  // While another process drives the database that one does it.
  const done = await it.dsl(['runs', 'prune', '--keep', '1', '--vacuum', '--json']);
  expect(JSON.parse(done.stdout)).toMatchObject({ runs: ['a', 'b'], dryRun: false, shrunk: false });
  expect(await ids()).toEqual(['c', 'w']);
  waiting.kill('SIGKILL');
  await waiting.done;
  const rest = await it.dsl(['runs', 'prune', '--keep', '0', '--vacuum', '--json']);
  expect(JSON.parse(rest.stdout)).toMatchObject({ runs: ['c'], shrunk: true, space: { free: 0 } });
  expect(await ids()).toEqual(['w']);
  expect(JSON.parse((await it.dsl(['runs', 'prune', '--older-than', '1h', '--json'])).stdout)).toMatchObject({
    runs: [],
  });

  for (const [args, code] of [
    [[], 'MR2003'],
    [['--keep', 'x'], 'MR2003'],
    [['--older-than', 'soon'], 'MR3002'],
    [['--max-size', 'big'], 'MR3520'],
  ] as const) {
    const refused = await it.dsl(['runs', 'prune', ...args]);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain(code);
    expect(refused.stderr).not.toContain('    at ');
  }
});

test('writes a run to a file that its id does not choose', async () => {
  using it = project(files);
  await it.dsl(['run', 'note.dsl.ts', 'say', '--input', '{"text":"hi"}', '--id', '..', '--json']);
  const shown = await it.dsl(['runs', 'export', '..']);
  expect(JSON.parse(shown.stdout)).toMatchObject({ kind: 'run-snapshot', run: { id: '..', output: 'hi' } });
  const written = await it.dsl(['runs', 'export', '..', '--out', 'snapshots', '--json']);
  const { file } = JSON.parse(written.stdout) as { file: string };
  expect(file.startsWith(join(it.root, 'snapshots/'))).toBe(true);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ run: { id: '..' } });
  expect(await it.dsl(['runs', 'export', 'nobody'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('MR2013'),
  });
});
