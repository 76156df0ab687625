import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project, type Project } from './dsl.ts';

const head = `import { event, flow, system } from 'millrace';\nimport { z } from 'zod';\n`;
const shop = `${head}import * as common from './common.dsl.ts';\nexport default system('shop', { version: '1.0.0', parts: [common] });\n`;
const codes = async (it: Project, ...args: string[]): Promise<string[]> => {
  const { stdout } = await it.dsl(['check', '--json', ...args]);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; file: string; line: number }[] };
  return diagnostics.map(({ code, file, line }) => `${code} ${file}:${line}`);
};

test('a comment switches a warning off at its line, for check and for compile', async () => {
  const text = `${head}export default system('s', { version: '1.0.0' });
// millrace-ignore MR1220: sent and read by the shop
export const a = event('a', { payload: z.string() });
export const b = event('b', { payload: z.string() }); // millrace-ignore MR1220
`;
  using it = project({ 'sub/s.dsl.ts': text });
  expect(await codes(it)).toEqual(['MR1220 sub/s.dsl.ts:6', 'MR1223 sub/s.dsl.ts:6']);
  const compiled = JSON.parse((await it.dsl(['compile', '--json'])).stdout) as { diagnostics: { code: string }[] };
  expect(compiled.diagnostics.map(({ code }) => code)).toEqual(['MR1220', 'MR1223']);
  expect(readFileSync(join(it.root, 'sub/s.dsl.ts'), 'utf8')).toBe(text);
});

test('what a config makes an error may be switched off; what it switches off leaves no comment unused', async () => {
  const text = `${head}export default system('s', { version: '1.0.0' });
export const a = event('a', { payload: z.string() }); // millrace-ignore MR1220: known
`;
  using it = project({ 's.dsl.ts': text, 'dsl.config.ts': `export default { rules: { MR1220: 'error' } };\n` });
  expect(await codes(it)).toEqual([]);
  using other = project({ 's.dsl.ts': text, 'dsl.config.ts': `export default { rules: { MR1220: 'off' } };\n` });
  expect(await codes(other)).toEqual([]);
});

test('a comment in a part is unused only when no system needs it', async () => {
  const common = `${head}export const a = event('a', { payload: z.string() }); // millrace-ignore MR1220: for the desk\n`;
  const desk = `${shop.replace("'shop'", "'desk'")}export const f = flow('f', { input: z.string(), on: common.a }, (f) => f.returns(({ input }) => input));\n`;
  using it = project({ 'common.dsl.ts': common, 'shop.dsl.ts': shop, 'desk.dsl.ts': desk });
  expect(await codes(it, 'shop.dsl.ts', 'desk.dsl.ts')).toEqual([]);
  expect(await codes(it, 'desk.dsl.ts')).toEqual(['MR1224 common.dsl.ts:3']);
});
