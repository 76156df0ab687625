import { describe, expect, it } from 'vitest';
import { renameAsked, renameGiven, renameMemberOf, renameOuter, spliced, type Renaming } from './rename.ts';

const done = (text: string, renaming: Renaming): string =>
  'problem' in renaming ? `${renaming.problem} at ${renaming.offset}` : spliced(text, renaming.splices);

describe('what comes from outside', () => {
  it.each([
    ['(x) => a(x.a, { a, b: a }, `${a}`)', '(x) => b2(x.a, { a: b2, b: b2 }, `${b2}`)'],
    ['(a) => a', '(a) => a'],
    ['() => [1].map((a) => a) + a', '() => [1].map((a) => a) + b2'],
    ["'a'", "'a'"],
    ['(b2) => a', "'b2' means something else there at 8"],
    ['() => b2 + a', "'b2' means something else there at 6"],
    ['() => [1].map((b2) => b2) + a', '() => [1].map((b2) => b2) + b2'],
    ['(x) => class { a = a }', "it cannot be told what 'a' means there at 15"],
    ["'a", 'it cannot be read at 0'],
  ])('%s', (text, result) => {
    expect(done(text, renameOuter(text, 'a', 'b2'))).toBe(result);
  });

  it('in a declaration, what it declares itself', () => {
    const rename = (text: string): string => done(text, renameOuter(text, 'a', 'b2', true));
    expect(rename('const a = (n: number): number => n > 1 ? a(n - 1) : { a: 1 }.a;')).toBe(
      'const b2 = (n: number): number => n > 1 ? b2(n - 1) : { a: 1 }.a;',
    );
    expect(rename('const { a, x: y = a } = z;')).toBe('const { a: b2, x: y = b2 } = z;');
    expect(rename('type a = { a: a[] };')).toBe('type b2 = { a: b2[] };');
    expect(rename('function f(a: number) { return a; }')).toBe('function f(a: number) { return a; }');
  });
});

describe('what a lambda is given', () => {
  it.each([
    ['({ a }) => a.a + x.a', '({ b2 }) => b2.a + x.a'],
    ['({ a: c }) => c + a', '({ b2: c }) => c + a'],
    ['({ a = 1, ...rest }) => a + rest.a', '({ b2 = 1, ...rest }) => b2 + rest.a'],
    ['({ c, ...rest }) => rest.a.b', '({ c, ...rest }) => rest.b2.b'],
    ["({ 'a': c }) => c", "({ 'b2': c }) => c"],
    ['(s) => s.a + s?.["a"] + s.c', '(s) => s.b2 + s?.["b2"] + s.c'],
    ['s => s.a', 's => s.b2'],
    ['function ({ a }) { return { a }; }', 'function ({ b2 }) { return { a: b2 }; }'],
    ['({ a }) => b2(a)', '({ b2: a }) => b2(a)'],
    ['() => a', '() => a'],
    ['(s) => f(s)', "'s' is handed on as a whole at 9"],
    ['(s) => s[k]', "'s[…]' is computed at 8"],
    ['({ [k]: a }) => a', 'it takes something computed out of its scope at 3'],
    ['({ a }: { a: 1 }) => a', 'the type of its parameter may name it at 1'],
    ['isLarge', 'isLarge'],
  ])('%s', (text, result) => {
    expect(done(text, renameGiven(text, 'a', 'b2'))).toBe(result);
  });

  it('a name that is no word', () => {
    expect(done('({ a }) => a', renameGiven('({ a }) => a', 'a', 'a-b'))).toBe("({ 'a-b': a }) => a");
    expect(done('(s) => s.a + s?.a', renameGiven('(s) => s.a + s?.a', 'a', 'a-b'))).toBe(
      "(s) => s['a-b'] + s?.['a-b']",
    );
  });

  it('and what is in it', () => {
    const rename = (text: string): string => done(text, renameMemberOf(text, 'p', 'a', 'b2'));
    expect(rename('({ p }) => p.a + p.c')).toBe('({ p }) => p.b2 + p.c');
    expect(rename('({ p: { a, c } }) => a + c')).toBe('({ p: { b2, c } }) => b2 + c');
    expect(rename('({ p: q }) => q?.a')).toBe('({ p: q }) => q?.b2');
    expect(rename('(s) => s.p.a + s.q.a')).toBe('(s) => s.p.b2 + s.q.a');
    expect(rename('({ p }) => f(p)')).toBe("'p' is handed on as a whole at 13");
    expect(rename('(s) => f(s.p)')).toBe("'p' is handed on as a whole at 11");
    expect(rename('({ q }) => q.a')).toBe('({ q }) => q.a');
  });
});

describe('what a lambda asks for', () => {
  it.each([
    ["({ in: isIn }) => isIn('a') || isIn('c')", "({ in: isIn }) => isIn('b2') || isIn('c')"],
    ["(s) => s.in(`a`) && s['in']('a')", "(s) => s.in('b2') && s['in']('b2')"],
    ["({ in: isIn }) => ['a'].every((isIn) => isIn('a'))", "({ in: isIn }) => ['a'].every((isIn) => isIn('a'))"],
    ["({ context }) => context.is('a')", "({ context }) => context.is('a')"],
    ['({ in: isIn }) => isIn(x)', 'the state that it asks for is not written there at 18'],
    ["({ in: isIn }) => ['a'].some(isIn)", 'the state that it asks for is not written there at 29'],
  ])('%s', (text, result) => {
    expect(done(text, renameAsked(text, 'a', 'b2'))).toBe(result);
  });
});
