import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { project, stackTrace, type Project } from './dsl.ts';

const lines = (version: string, output: string, more = ''): string => `import { system, task } from 'millrace';
import { z } from 'zod';
import * as parts from './parts.dsl.ts';
export default system('shop', { version: '${version}', parts: [parts] });
export const charge = task('charge', { input: z.object({ cents: z.int() }), output: ${output} });
${more}`;
const part = (name: string): string =>
  `import { task } from 'millrace';\nimport { z } from 'zod';\nexport const ${name} = task('${name}', { input: z.void(), output: z.void() });\n`;

/** A repository with one commit. */
function repository(): Project {
  const made = project({ 'sub/shop.dsl.ts': lines('1.0.0', 'z.string()'), 'sub/parts.dsl.ts': part('pack') });
  const git = (...args: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: made.root });
  git('init', '-q');
  git('add', 'sub');
  git('commit', '-q', '-m', 'first');
  return made;
}

describe('dsl diff', () => {
  it('compares with a revision, parts included', async () => {
    using it = repository();
    const file = join(it.root, 'sub/shop.dsl.ts');
    expect((await it.dsl(['diff', 'HEAD', 'sub/shop.dsl.ts'])).stdout).toBe('No differences.\n');
    writeFileSync(file, lines('1.1.0', 'z.string().nullable()', '/** New. */\nexport const x = 1;'));
    writeFileSync(join(it.root, 'sub/parts.dsl.ts'), part('wrap'));
    const json = await it.dsl(['diff', 'HEAD:shop.dsl.ts', 'shop.dsl.ts', '--json'], { cwd: join(it.root, 'sub') });
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({
      breaking: [
        { path: 'tasks.charge.output', message: "The schema of the output of task 'charge' accepts more than before." },
        { path: 'tasks.pack', kind: 'removed', breaks: [{ audience: 'callers' }] },
      ],
      compatible: [
        { path: 'system.version' },
        { path: 'tasks.wrap', kind: 'added', after: { file: 'parts.dsl.ts', line: 3 } },
      ],
      renamed: [{ path: 'tasks.pack', to: 'wrap' }],
      from: '1.0.0',
      to: '1.1.0',
      raised: false,
    });
    const checked = await it.dsl(['diff', 'HEAD', 'sub/shop.dsl.ts', '--check']);
    expect(checked).toMatchObject({ code: 1, stderr: expect.stringContaining('too little for 2 breaking changes') });
    expect(checked.stdout).toContain('callers: there may be results that there never were before');
    writeFileSync(file, lines('2.0.0', 'z.string().nullable()'));
    expect((await it.dsl(['diff', 'HEAD', 'sub/shop.dsl.ts', '--check'])).code).toBe(0);
  });

  it('compares with a model that was kept as JSON', async () => {
    using it = repository();
    writeFileSync(join(it.root, '1.json'), (await it.dsl(['inspect', 'sub/shop.dsl.ts', '--json'])).stdout);
    expect((await it.dsl(['diff', '1.json', 'sub/shop.dsl.ts'])).stdout).toBe('No differences.\n');
  });

  it.each([
    ['an unknown revision', ['diff', 'v9', 'sub/shop.dsl.ts'], 'MR2030', 2],
    ['a version that was not kept', ['diff', '1.0.0', 'sub/shop.dsl.ts'], 'MR2030: Version 1.0.0 was not kept', 2],
    ['a revision like an option', ['diff', '--', '--all', 'sub/shop.dsl.ts'], 'MR2030', 2],
    ['a file that is not in the revision', ['diff', 'HEAD:none.dsl.ts', 'sub/shop.dsl.ts'], 'MR', 1],
    ['a file that is not there', ['diff', 'none.dsl.ts', 'sub/shop.dsl.ts'], 'MR1001', 1],
    ['one side', ['diff', 'sub/shop.dsl.ts'], 'MR2003', 2],
  ])('refuses %s', async (_, args, code, exit) => {
    using it = repository();
    const done = await it.dsl(args);
    expect(done).toMatchObject({ code: exit, stderr: expect.stringContaining(code) });
    expect(done.stderr).not.toMatch(stackTrace);
  });
});
