import { expect, it } from 'vitest';
import { head, readText } from '../fixtures/read-text.ts';

const read = async (text: string) => (await readText(text)).suppressions ?? [];

it('finds the comment before a line and the one behind code', async () => {
  const text = `${head}// millrace-ignore MR1220: sent by the shop: and read there
// another comment

export const a = event('a', { payload: z.string() });
export const b = event('b', { payload: z.string() }); // millrace-ignore MR1220, shop/no-b: both
`;
  const found = await read(text);
  expect(found).toMatchObject([
    { codes: ['MR1220'], reason: 'sent by the shop: and read there', line: 7, location: { file: 'a.dsl.ts', line: 4 } },
    { codes: ['MR1220', 'shop/no-b'], reason: 'both', line: 8, location: { line: 8, column: 55 } },
  ]);
  const cut = found.toReversed().reduce((rest, { span }) => rest.slice(0, span.start) + rest.slice(span.end), text);
  expect(cut).toBe(`${head}// another comment

export const a = event('a', { payload: z.string() });
export const b = event('b', { payload: z.string() });
`);
});

it('tells when codes or the reason are missing', async () => {
  const found = await read(`${head}// millrace-ignore\n//millrace-ignore MR1220\n// millrace-ignore MR1220:  \n`);
  expect(found.map(({ codes, reason }) => [codes, reason])).toEqual([
    [[], undefined],
    [['MR1220'], undefined],
    [['MR1220'], undefined],
  ]);
});

it('takes no text for a comment', async () => {
  const text = `${head}
/* // millrace-ignore MR1220: in a block */
/** // millrace-ignore MR1220: in a docstring */
const a = '// millrace-ignore MR1220: in a text';
const b = \`// millrace-ignore MR1220: in a template \${a} // millrace-ignore MR1220: and behind \`;
const c = /[// millrace-ignore MR1220: in a pattern]/;
// a comment // millrace-ignore MR1220: in a comment
// millrace-ignored MR1220: another word
export const e = event('e', { payload: z.string(), description: b + c });
`;
  expect(await read(text)).toEqual([]);
});

it('finds it in parts, between options, with any line breaks, at the end of the file', async () => {
  const part = `import { event } from 'millrace';\r\nimport { z } from 'zod';\r\nexport const p = event('p', {\r\n  // millrace-ignore MR1220: here\r\n  payload: z.string(),\r\n});\r\n// millrace-ignore MR1220: last`;
  const { suppressions = [] } = await readText({
    'a.dsl.ts': `import { system } from 'millrace';\nimport * as b from './b.dsl.ts';\nexport default system('s', { version: '1.0.0', parts: [b] });\n`,
    'b.dsl.ts': part,
  });
  expect(suppressions.map(({ line, location }) => [location.file, location.line, line])).toEqual([
    ['b.dsl.ts', 4, 5],
    ['b.dsl.ts', 7, 8],
  ]);
  const [first] = suppressions;
  expect(part.slice(first?.span.start, first?.span.end)).toBe('  // millrace-ignore MR1220: here\r\n');
});
