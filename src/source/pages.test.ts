import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { basics, readText } from './fixtures/read-text.ts';

const folder = fileURLToPath(new URL('../../docs/errors/', import.meta.url));
const pages = readdirSync(folder).flatMap((file) => /^(MR1[014]\d\d|MR1840)\.md$/.exec(file)?.[1] ?? []);
const blocks = (code: string): string[] =>
  [...readFileSync(`${folder}${code}.md`, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, text = '']) => text);
const codesOf = async (text: string): Promise<string[]> => {
  const whole = text.includes('import ') ? text : `${basics}${text}`;
  const { diagnostics } = await readText({ 'a.dsl.ts': whole, 'billing.dsl.ts': '' });
  return diagnostics.map((diagnostic) => diagnostic.code);
};

describe('the pages of the reader’s codes', () => {
  it('show what they speak of', () => {
    expect(pages.length).toBeGreaterThan(45);
  });

  // MR1018 and MR1019 are about programs that run; MR1004 shows only the good case.
  it.each(pages.filter((code) => blocks(code).length > 0 && !['MR1004', 'MR1018', 'MR1019'].includes(code)))(
    '%s: the example has the problem, the mended one has none',
    async (code) => {
      const [bad = '', good] = blocks(code);
      expect(await codesOf(bad)).toContain(code);
      if (good !== undefined) expect(await codesOf(good)).toEqual([]);
    },
  );
});

describe('docs/subset.md', () => {
  const text = readFileSync(fileURLToPath(new URL('../../docs/subset.md', import.meta.url)), 'utf8');

  it('has an example that is read', async () => {
    const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(text) ?? [];
    const { system, diagnostics } = await readText(example);
    expect(diagnostics).toEqual([]);
    expect(Object.keys(system?.locals ?? {})).toEqual(['Order', 'total']);
  });

  it('names codes that have a page', () => {
    for (const [code] of text.matchAll(/MR\d{4}/g)) expect(readdirSync(folder)).toContain(`${code}.md`);
  });
});
