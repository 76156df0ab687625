import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../config/config.ts';
import { printingProblems } from './printing-problems.ts';
import { findSystems } from './read.ts';

const text = `import { flow, system } from 'millrace';
import { z } from 'zod';
export default system('sizes', { version: '1.0.0' });
enum Size { Small, Large }
export const f = flow('f', { input: z.any() }, (f) => f.returns(() => Size.Large + Size.Small));
`;

test('check says what only printing finds, once, and writes nothing', async () => {
  const root = mkdtempSync(join(tmpdir(), 'millrace-check-'));
  try {
    writeFileSync(join(root, 'a.dsl.ts'), text);
    const config = await readConfig(root);
    const { systems, diagnostics } = await findSystems([join(root, 'a.dsl.ts')], root, config, { stubs: true });
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(await printingProblems(systems, root, config)).toMatchObject([
      { code: 'MR1650', file: 'a.dsl.ts', line: 4, message: expect.stringContaining("enum 'Size'") as string },
    ]);
    expect(readdirSync(root)).toEqual(['a.dsl.ts']);
  } finally {
    rmSync(root, { recursive: true });
  }
});
