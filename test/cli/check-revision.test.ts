import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project } from './dsl.ts';

const bell = (target: string): string => `import { event, machine, system } from 'millrace';
import { z } from 'zod';
import { Door } from './door.ts';

export default system('bell', { version: '1.0.0' });
export const rung = event('rung', { payload: z.object({ door: Door }) });
export const bell = machine('bell', { key: 'door', context: z.object({}), events: { rung }, creates: ['rung'] }).states('still', {
  still: { on: { rung: '${target}' } },
  loud: { final: true },
});
`;

test('a revision is checked as git has it, whatever is on the disk', async () => {
  using made = project({
    'sub/bell.dsl.ts': bell('lound'),
    'sub/door.ts': "import { z } from 'zod';\nexport const Door = z.string();\n",
  });
  const git = (...args: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      cwd: made.root,
      stdio: 'ignore',
    });
  git('init', '-q');
  git('add', 'sub');
  git('commit', '-q', '-m', 'broken');
  writeFileSync(join(made.root, 'sub/bell.dsl.ts'), bell('loud'));
  git('commit', '-q', '-a', '-m', 'mended');
  // Neither of what follows is in a revision.
  rmSync(join(made.root, 'sub/door.ts'));
  mkdirSync(join(made.root, 'new'));
  writeFileSync(join(made.root, 'new/new.dsl.ts'), 'nonsense');
  expect(await made.dsl(['check', '--revision', 'HEAD'])).toEqual({
    code: 0,
    stdout: 'No problems in bell.\n',
    stderr: '',
  });
  const before = await made.dsl(['check', '--revision', 'HEAD~1', 'sub/*.dsl.ts']);
  expect(before.code).toBe(1);
  expect(before.stdout).toMatch(
    /error MR1301: [^]*--> sub\/bell\.dsl\.ts:8:24\n {2}8 \| {3}still: \{ on: \{ rung: 'lound' \} \},/,
  );
  expect(await made.dsl(['check', '--revision', 'HEAD', 'new/new.dsl.ts'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('MR2007'),
  });
  expect(await made.dsl(['check', '--revision', '--all'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('MR20'),
  });
  expect(await made.dsl(['check', '--revision', 'gone'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/MR2030: git could not give revision 'gone': fatal: \w/),
  });
  // What is about to be committed, whatever the disk says.
  writeFileSync(join(made.root, 'sub/bell.dsl.ts'), bell('lout'));
  git('add', 'sub/bell.dsl.ts');
  writeFileSync(join(made.root, 'sub/bell.dsl.ts'), bell('loud'));
  const index = execFileSync('git', ['write-tree'], { cwd: made.root, encoding: 'utf8' }).trim();
  expect(await made.dsl(['check', '--revision', index])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("'lout'"),
  });
  expect(await made.dsl(['check', '--revision', 'HEAD', '--fix'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('MR2003'),
  });
});
