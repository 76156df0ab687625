import { expect, test } from 'vitest';
import { declaredFirst } from './declared-first.ts';

const style = { eol: '\n', unit: '  ', quote: "'", semicolons: true } as const;

const before = `const a = f({});

const c = 1;
// b is late
const b = g(c); // b

const d = () => e;
const e = 2;
`;

test('what is newly named goes before, with its comments and what it names itself', () => {
  expect(declaredFirst(before, before.replace('f({})', 'f({ b })'), style)).toBe(`const c = 1;

// b is late
const b = g(c); // b

const a = f({ b });


const d = () => e;
const e = 2;
`);
});

test('nothing moves for what was so already, for lambdas, members and types', () => {
  expect(declaredFirst(before, before, style)).toBe(before);
  for (const text of ['f(() => e)', 'f({ e: 1 })', 'f(x.e)', 'f<typeof e>()', 'f(function () { return e; })']) {
    const after = before.replace('f({})', text);
    expect(declaredFirst(before, after, style)).toBe(after);
  }
  const around = 'const a = f(b);\nconst b = f(a);\n';
  expect(declaredFirst(around, around.replace('f(a)', 'f(a, 1)'), style)).toContain('f(a, 1)');
});
