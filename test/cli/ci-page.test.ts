import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { main, project, repository } from './dsl.ts';

const page = readFileSync(join(repository, 'docs/ci.md'), 'utf8');
const blocks = (kind: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text);

const bell = (loud: string): string => `import { event, machine, system } from 'millrace';
import { z } from 'zod';

export default system('bell', { version: '1.0.0' });
export const rung = event('rung', { payload: z.object({ door: z.string() }) });
export const bell = machine('bell', { key: 'door', context: z.object({}), events: { rung }, creates: ['rung'] }).states('still', {
  still: { on: { rung: '${loud}' } },
  ${loud}: { on: { rung: 'still' } },
});
`;

interface Workflow {
  readonly jobs: { readonly systems: { readonly steps: readonly { readonly name?: string; readonly run?: string }[] } };
}

test('the steps of the workflow do what they say: a state that is gone breaks something, and the report says so', () => {
  const [workflow, hooks] = blocks('yaml').map((text) => parse(text) as unknown);
  expect(hooks).toMatchObject({ repos: [{ hooks: [{ id: 'dsl-check' }, { id: 'dsl-compile' }] }] });
  const { steps } = (workflow as Workflow).jobs.systems;
  using made = project({
    '.gitignore': 'node_modules\nnpx\n',
    'bell.dsl.ts': bell('loud'),
    npx: `#!/bin/sh\nshift\nexec '${process.execPath}' '${main}' "$@"\n`,
  });
  chmodSync(join(made.root, 'npx'), 0o755);
  const sh = (script: string): { readonly code: number; readonly stdout: string } => {
    const env = { PATH: `${made.root}:${process.env['PATH']}`, HOME: made.root, BASE: 'main' };
    try {
      return {
        code: 0,
        stdout: execFileSync('bash', ['-e', '-c', script], { cwd: made.root, env, encoding: 'utf8', stdio: 'pipe' }),
      };
    } catch (thrown) {
      const { status, stdout } = thrown as { readonly status: number; readonly stdout: string };
      return { code: status, stdout };
    }
  };
  const step = (name: string) => sh(steps.find((each) => each.name === name)?.run ?? 'exit 9');
  sh('git init -q -b main; git add .; git -c user.name=a -c user.email=a@b commit -q -m first');
  expect(step('Are the systems sound?').code).toBe(0);
  expect(step('Is the generated code fresh?').code).toBe(1);
  expect(sh('npx dsl compile').code).toBe(0);
  expect(step('Is the generated code fresh?').code).toBe(0);
  expect(step('What does it break?')).toMatchObject({ code: 0, stdout: expect.stringContaining('bell (bell.dsl.ts)') });
  writeFileSync(join(made.root, 'bell.dsl.ts'), bell('shrill'));
  expect(step('What does it break?')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("State 'loud' of machine 'bell' was removed."),
  });
  expect(readFileSync(join(made.root, 'report.md'), 'utf8')).toContain('breaking (1)');
  // A file that is moved hides nothing, whatever it is called; a system that is gone is told.
  sh("git mv bell.dsl.ts 'die Glöcke.dsl.ts'");
  expect(step('What does it break?')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("State 'loud' of machine 'bell' was removed."),
  });
  sh("mv 'die Glöcke.dsl.ts' away");
  expect(step('What does it break?')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("System 'bell' is gone"),
  });
  sh('mv away bell.dsl.ts');
  expect(step('The same for the Security tab').code).toBe(0);
  expect(JSON.parse(readFileSync(join(made.root, 'problems.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' });
});
