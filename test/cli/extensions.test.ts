import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project, stackTrace } from './dsl.ts';

const source = (metadata: string): string => `import { flow, system, task } from 'millrace';
import { z } from 'zod';
export default system('s', { version: '1.0.0' });
export const charge = task('charge', { input: z.string(), output: z.string(), metadata: { ${metadata}, mine: [1] } });
export const f = flow('f', { input: z.string() }, (f) => f.step('x', ({ input }) => charge(input)));
`;
const extension = `import { defineExtension, defineRule } from 'millrace/rules';
import { z } from 'zod';
export const pricing = defineExtension({
  id: 'shop/pricing',
  schema: z.object({ tier: z.enum(['free', 'gold']), cents: z.int() }),
  rules: [defineRule({
    code: 'shop/free',
    check(model, report) {
      for (const task of Object.values(model.tasks)) {
        const data = pricing.of(task);
        if (data?.tier === 'free' && data.cents > 0) report({ message: 'It is free, and costs.', path: 'tasks.' + task.name, location: task.location });
      }
    },
  })],
});
`;
const config = (extensions: string, more = ''): string =>
  `import { defineConfig } from 'millrace';\nimport { pricing } from './extensions/pricing.ts';\nexport default defineConfig({ extensions: ${extensions}, ${more} });\n`;
const files = { 'tasks/charge.ts': '', 'extensions/pricing.ts': extension, 'dsl.config.ts': config('[pricing]') };

test.each([
  ["'shop/pricing': { tier: 'gold', cents: 5 }", []],
  [
    "'shop/pricing': { tier: 'silver', cents: 5 }",
    ["error MR1291 4 'shop/pricing' of the task 'charge' is not what the extension demands: 'tier'"],
  ],
  ["'shop/pricng': { tier: 'gold', cents: 5 }", ["error MR1290 4 There is no extension 'shop/pricng'"]],
  ["'shop/pricing': { tier: 'free', cents: 5 }", ['warning shop/free 4 It is free, and costs.']],
])('data of an extension: %s', async (metadata, expected) => {
  using it = project({ ...files, 's.dsl.ts': source(metadata) });
  const { stdout, stderr } = await it.dsl(['check', '--json']);
  expect(stderr).toBe('');
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { code: string; severity: string; line: number; message: string }[];
  };
  const said = diagnostics.map(({ severity, code, line, message }) => `${severity} ${code} ${line} ${message}`);
  expect(said).toEqual(expected.map((text) => expect.stringContaining(text) as string));
});

test('a rule of an extension is set by its code like any other', async () => {
  using it = project({ ...files, 's.dsl.ts': source("'shop/pricing': { tier: 'free', cents: 5 }") });
  writeFileSync(join(it.root, 'dsl.config.ts'), config('[pricing]', "rules: { 'shop/free': 'error' }"));
  expect(await it.dsl(['check'])).toMatchObject({ code: 1, stdout: expect.stringContaining('error shop/free') });
});

test.each([
  ['[{}]', /dsl\.config\.ts:3: extension 1 is not made with `defineExtension`/],
  ["[{ ...pricing, id: 'pricing' }]", /extension 1 has no id with a prefix of its own/],
  ['[pricing, pricing]', /extension 2 has the id 'shop\/pricing', as one before it has/],
])('extensions: %s is refused', async (extensions, message) => {
  using it = project({ ...files, 's.dsl.ts': source("'shop/pricing': { tier: 'gold', cents: 5 }") });
  writeFileSync(join(it.root, 'dsl.config.ts'), config(extensions));
  const { code, stderr } = await it.dsl(['check']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error MR2041: /);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(stackTrace);
});
