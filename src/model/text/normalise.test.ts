import { describe, expect, it } from 'vitest';
import { normaliseText } from './normalise.ts';

/** Pairs that say the same. */
const same: readonly (readonly [string, string])[] = [
  [`({ input }) => input.a`, `( {\n  input,\n} )=>input . a // why`],
  [`'it\\'s'`, `"it's"`],
  [`'a'`, '`a`'],
  [`'\\u0041\\x41\\n'`, `"AA\\n"`],
  [`{ 'a': 1, "b-c": 2 }`, `{ a: 1, 'b-c': 2, }`],
  [`x => x + 1`, `(x) => x + 1`],
  [`f(a, /* two */ b,)`, `f(a,b)`],
  [`z.object({ a: z.string(), })`, `z\n  .object({\n    a: z.string()\n  })`],
  [`() => { const a = 1; return a; }`, `() => {\n  const a = 1\n  return a\n}`],
  [`() => { const a = () => { g(); }; return a }`, `() => {\n  const a = () => {\n g()\n }\n  return a\n}`],
  [`function f(x) { x++; ++x; return }`, `function f(x)\n{\n  x++\n  ++x\n  return\n}`],
  [`function f(x) { return x.type; y() }`, `function f(x) {\n  return x.type\n  y() }`],
  ['type F = () => { a: 1 } | { b: 2 }', 'type F = () => | { a: 1 } | { b: 2 };'],
  [`type A = 'a' | 'b'`, `type A =\n  | "a"\n  | "b";`],
  [`type A = { a: string; b: number }`, `type A = {\n a: string\n b: number;\n}`],
  [`\`a\${ b + 'c' }d\``, '`a${b+"c"}d`'],
  [`\`a\${\`b\${{ c: '}' }['c']}\`}\``, '`a${ `b${ {c:"}"}["c"] }` }`'],
  [`Array<Array<string>>`, `Array< Array<string> >`],
  [`0XFF + 1_000 + 1.50`, `0xff + 1000 + 1.5`],
  [`a / b / c`, `a/b/c`],
  [`x.replace(/[/"']+/g, '')`, `x.replace( /[/"']+/g , "" )`],
  [`if (a) b(); else c()`, `if (a)\n  b()\nelse\n  c()`],
  [`for (let i = 0; i < 3; i++) { f(i) }`, `for (let i=0;i<3;i++) {\n  f(i);\n}`],
  [`x!.y`, `x!\n  .y`],
  [`x!; y`, `x!\ny`],
  [`<T,>(x: T) => x`, `<T>(x: T) => x`],
  [`(x) => x ? 1 : 2`, `(x) => (\n  x ? 1 : 2\n)`],
  [`f((x) => a || b, 1)`, `f((x) => (a || b), 1)`],
  [`() => { if (x) return a && b; y() }`, `() => {\n  if (x) return (\n    a && b\n  )\n  y()\n}`],
  [`() => { return a && b }`, `() => {\n  return (\n    a && b\n  )\n}`],
];

/** Pairs that look alike and do not say the same. */
const different: readonly (readonly [string, string])[] = [
  [`'a b'`, `'a  b'`],
  [`'a'`, `a`],
  [`'1'`, `1`],
  [`a + +b`, `a ++ b`],
  [`a + b`, `a - b`],
  [`[a,,]`, `[a,]`],
  [`[,]`, `[]`],
  [`() => { return\n1 }`, `() => { return 1 }`],
  [`if (a); b()`, `if (a) b()`],
  [`x; (y)`, `x\n(y)`],
  [`x\n++y`, `x++\ny`],
  [`x!\ny`, `x\n!y`],
  [`x; [y]`, `x[y]`],
  ['`a${b}`', '`a${c}`'],
  ['`a${b}`', `'a\${b}'`],
  ['tag`a`', `tag('a')`],
  ['tag`a`', `tag'a'`],
  [`/a b/`, `/ab/`],
  [`/a/g`, `/a/`],
  [`a /b/ c`, `a / b`],
  [`a // b`, `a / b`],
  [`'// a'`, `'// b'`],
  [`(a, b) => a`, `(a) => b`],
  [`async () => x`, `() => x`],
  [`{ a: 1 }`, `{ b: 1 }`],
  [`1n`, `1`],
  [`a?.5:1`, `a?.b`],
  [`f(() => (a, b))`, `f(() => a, b)`],
  [`() => ({})`, `() => {}`],
  [`() => (a).b`, `() => a`],
  [`() => (a) => b`, `() => a`],
  [`(a + b) * c`, `a + b * c`],
];

describe('normaliseText', () => {
  it.each(same)('prints %j and %j alike', (a, b) => {
    expect(normaliseText(a)).toBe(normaliseText(b));
  });

  it.each(different)('tells %j from %j', (a, b) => {
    expect(normaliseText(a)).not.toBe(normaliseText(b));
  });

  it('prints what is no TypeScript as it is', () => {
    expect(normaliseText(`'open`)).toBe(`?'open`);
    expect(normaliseText('`a${b')).toBe('?`a${b');
    expect(normaliseText('')).toBe('');
  });

  it('takes time linear in the text', () => {
    const long = `[${Array.from({ length: 20_000 }, (_, i) => `{ a${i}: 'x', /* c */ }`).join(', ')}]`;
    const start = performance.now();
    normaliseText(long);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
