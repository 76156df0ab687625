import { expect, test } from 'vitest';
import * as dsl from '../../dsl/index.ts';
import { head, lines, readText } from '../fixtures/read-text.ts';

test.each([
  [
    "import { taks } from 'millrace';\nexport const a = taks('a', {});",
    "MR1840 5:18 'millrace' has no function 'taks'.",
    /^Did you mean 'task'\? It has: agent, /,
  ],
  [
    "import * as mill from 'millrace';\nexport const a = mill.process('a', {}).states('b', {});",
    "MR1840 5:18 'millrace' has no function 'process'.",
    /^It is called `machine` here; `dsl upgrade` rewrites it\.$/,
  ],
  [
    "import { workflow as w } from 'millrace';\nconst a = (w('a', {}));",
    "MR1840 5:12 'millrace' has no function 'workflow'.",
    /flow/,
  ],
])('%s', async (text, line, hint) => {
  const result = await readText(`${head}${text}\n`);
  expect(lines(result)).toEqual([line]);
  expect(result.diagnostics[0]?.hint).toMatch(hint);
});

test('what the package has, and what other packages have, is no matter', async () => {
  const text = `import { defineConfig } from 'millrace';\nimport { process } from 'elsewhere';\n
export const a = process('a', {}), b = defineConfig({}), c = z.string().min(1), d = ((x: string) => x)('');\n`;
  expect(lines(await readText(`${head}${text}`))).toEqual([]);
});

test('all functions of the package are known', async () => {
  for (const name of Object.keys(dsl)) {
    const { diagnostics } = await readText(`${head}import * as mill from 'millrace';\nconst a = mill.${name}();\n`);
    expect(diagnostics.map(({ code }) => code)).not.toContain('MR1840');
  }
});
