import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project, stackTrace, type Project } from './dsl.ts';

const head = `import { flow, system, task } from 'millrace';\nimport { z } from 'zod';\n`;
const text = `${head}export default system('s', { version: '1.0.0' });
export const charge = task('Charge', { input: z.string(), output: z.string() });
export const f = flow('f', { input: z.string() }, (f) => f.step('x', ({ input }) => charge(input)));
`;
const rule = `import { defineRule } from 'millrace/rules';
export const names = defineRule({
  code: 'shop/task-names',
  check(model, report) {
    for (const { name, location } of Object.values(model.tasks))
      if (/^[A-Z]/.test(name)) report({ message: \`'\${name}' begins with a capital.\`, path: \`tasks.\${name}\`, location });
  },
});
`;
const config = (more = ''): string =>
  `import { defineConfig } from 'millrace';\nimport { names } from './rules/names.ts';\nexport default defineConfig({ customRules: [names], ${more} });\n`;
const files = { 's.dsl.ts': text, 'tasks/charge.ts': '', 'rules/names.ts': rule };
const said = async (it: Project): Promise<string[]> => {
  const done = await it.dsl(['check', '--json']);
  expect(done.stderr).toBe('');
  const { diagnostics } = JSON.parse(done.stdout) as {
    diagnostics: { code: string; severity: string; line: number }[];
  };
  return diagnostics.map(({ code, severity, line }) => `${severity} ${code} ${line}`);
};

test('a rule of the project speaks, with the severity that the config sets, and is switched off at a line', async () => {
  using it = project({ ...files, 'dsl.config.ts': config() });
  expect(await said(it)).toEqual(['warning shop/task-names 4']);
  const pretty = await it.dsl(['check']);
  expect(pretty.stdout).toMatch(/^warning shop\/task-names: 'Charge' begins with a capital\./);
  for (const severity of ['error', 'info'] as const) {
    writeFileSync(join(it.root, 'dsl.config.ts'), config(`rules: { 'shop/task-names': '${severity}' }`));
    expect(await said(it)).toEqual([`${severity} shop/task-names 4`]);
  }
  writeFileSync(join(it.root, 'dsl.config.ts'), config(`rules: { 'shop/task-names': 'off' }`));
  expect(await said(it)).toEqual([]);
  writeFileSync(join(it.root, 'dsl.config.ts'), config());
  writeFileSync(
    join(it.root, 's.dsl.ts'),
    text.replace('export const charge', '// millrace-ignore shop/task-names: old\nexport const charge'),
  );
  expect(await said(it)).toEqual([]);
});

test('a rule that throws is told with its name, and the others go on', async () => {
  using it = project({
    ...files,
    'dsl.config.ts': config(),
    'rules/names.ts': rule.replace('for (const', 'model.tasks.charge.name.length; for (const'),
  });
  const done = await it.dsl(['check']);
  expect(done).toMatchObject({
    code: 1,
    stderr: '',
    stdout: expect.stringMatching(/error MR1214: The rule 'shop\/task-names' failed: /),
  });
  expect(done.stdout).not.toMatch(stackTrace);
});

test('a change of a rule makes what was compiled stale', async () => {
  using it = project({ ...files, 'dsl.config.ts': config() });
  expect(await it.dsl(['compile'])).toMatchObject({ code: 0 });
  expect((await it.dsl(['compile'])).stderr).not.toMatch(/task-names/);
  appendFileSync(join(it.root, 'rules/names.ts'), '// changed\n');
  expect((await it.dsl(['compile'])).stderr).toMatch(/task-names/);
});

test.each([
  [`customRules: {}`, /MR2005: dsl\.config\.ts:1: 'customRules' should be a list/],
  [`customRules: [null]`, /MR2033: dsl\.config\.ts:1: rule 1 has no code with a prefix/],
  [`customRules: [{ code: 'MR9000', check() {} }]`, /MR2033: .*prefix/],
  [`customRules: [{ code: 'a/b' }]`, /MR2033: .*no function `check`/],
  [`customRules: [{ code: 'a/b', check() {} }]`, /MR2033: .*not complete/],
  [
    `customRules: [{ code: 'a/b', name: 'x', severity: 'info', check() {} }, { code: 'a/b' }]`,
    /MR2033: .*rule 2 has the code 'a\/b'/,
  ],
  [`rules: { 'a/b': 'off' }`, /MR2005: .*no rule has this code/],
])('%s is refused', async (setting, message) => {
  using it = project({ ...files, 'dsl.config.ts': `export default { ${setting} };\n` });
  const done = await it.dsl(['check']);
  expect(done).toMatchObject({ code: 1, stderr: expect.stringMatching(message) });
  expect(done.stderr).not.toMatch(stackTrace);
});
