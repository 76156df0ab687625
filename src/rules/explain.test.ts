import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { codes, explain } from './explain.ts';
import { rules } from './registry.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The codes that the source names, comments and help texts aside. */
function usedCodes(): ReadonlyMap<string, string> {
  const used = new Map<string, string>();
  for (const file of globSync('src/**/*.ts', { cwd: root })) {
    if (/\.test(-d)?\.ts$|\/fixtures\//.test(file)) continue;
    const text = readFileSync(`${root}${file}`, 'utf8').replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');
    for (const [code] of text.matchAll(/(?<=['"`])MR\d{4}(?=['"`])/g)) used.set(code, file);
  }
  return used;
}

describe('explain', () => {
  it('gives the page of a code', () => {
    expect(explain('MR1203')).toMatch(/^# MR1203: /);
  });

  it.each(['MR0000', '', 'mr1203', '../../README', 'MR1203.md'])('gives nothing for %j', (code) => {
    expect(explain(code)).toBeUndefined();
  });
});

describe('the pages', () => {
  it('are there for every code that the source uses', () => {
    const pages = new Set(codes());
    const missing = [...usedCodes()].filter(([code]) => !pages.has(code)).map(([code, file]) => `${code} (${file})`);
    expect(missing.sort()).toEqual([]);
  });

  it('are all of codes that the source uses', () => {
    const used = usedCodes();
    expect(codes().filter((code) => !used.has(code))).toEqual([]);
  });

  it.each(codes())('%s has a title and says how to mend it', (code) => {
    const page = explain(code) ?? '';
    expect(page).toMatch(new RegExp(`^# ${code}: \\S.*\\n`));
    expect(page.length).toBeGreaterThan(150);
  });

  it('are listed in the index, and nothing else is', () => {
    const index = readFileSync(`${root}docs/errors/README.md`, 'utf8');
    const listed = [...index.matchAll(/^- \[(MR\d{4})\]\(\1\.md\): (.*)$/gm)].map(
      ([, code = '', title = '']) => `${code}: ${title}`,
    );
    const titles = codes().map((code) => /^# (.*)$/m.exec(explain(code) ?? '')?.[1]);
    // When stale: node tools/error-index.ts
    expect(listed).toEqual(titles);
  });
});

it('docs/rules.md lists every rule as it is', () => {
  const listed = [
    ...readFileSync(`${root}docs/rules.md`, 'utf8').matchAll(/^\| \[(MR\d{4})\]\(errors\/\1\.md\) \| (\S+) \| (\w+)/gm),
  ].map(([, code, name, severity]) => ({ code, name, severity }));
  // When stale: node tools/error-index.ts
  expect(listed).toEqual(rules.map(({ code, name, severity }) => ({ code, name, severity })));
});
