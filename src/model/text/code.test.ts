import { expect, test } from 'vitest';
import { argumentCode, arrowBody, blockStatements, namesIn, userCode } from './code.ts';
import { block, print } from './doc.ts';

const at2 = (doc: Parameters<typeof print>[0]): string => print(block([doc]));

test('lines of the source move to their new place, and stay as they are against each other', () => {
  expect(at2(userCode('send({\n      to: a,\n      deep: {\n        b,\n      },\n    })'))).toBe(
    '{\n  send({\n    to: a,\n    deep: {\n      b,\n    },\n  })\n}',
  );
  expect(at2(userCode('list\n        .filter(one)\n        .map(two)'))).toBe(
    '{\n  list\n    .filter(one)\n    .map(two)\n}',
  );
});

test('a template that spans lines is not moved, one on a line does not keep others from it', () => {
  const text = 'f(`one\n      two`, {\n      a,\n    })';
  expect(at2(userCode(text))).toBe(`{\n  ${text}\n}`);
  expect(at2(userCode('f({\n      a: `b ${c}`,\n    })'))).toBe('{\n  f({\n    a: `b ${c}`,\n  })\n}');
  const continued = "f('one\\\n      two')";
  expect(at2(userCode(continued))).toBe(`{\n  ${continued}\n}`);
});

test('an object literal that does not fit gets a line for each member, and nothing is split that is none', () => {
  const member = (name: string): string => `${name}: input.${name.repeat(12)}`;
  const wide = `{ ${member('abc')}, ${member('def')}, list: [1, 2], text: 'a, b', call: f(1, 2) }`;
  expect(print(userCode(wide)).split('\n').slice(1, -1)).toEqual([
    `  ${member('abc')},`,
    `  ${member('def')},`,
    '  list: [1, 2],',
    "  text: 'a, b',",
    '  call: f(1, 2),',
  ]);
  const two = `{ a: ${'x'.repeat(60)} }.a + { b: ${'y'.repeat(60)} }`;
  expect(print(userCode(two))).toBe(two);
});

test('parentheses where the text would mean something else', () => {
  expect(
    [
      arrowBody('{ a: 1 }'),
      arrowBody('a, b'),
      arrowBody('f(a, b)'),
      argumentCode('a, b'),
      argumentCode('{ a, b }'),
      argumentCode("'a, b'"),
    ].map((doc) => print(doc)),
  ).toEqual(['({ a: 1 })', '(a, b)', 'f(a, b)', '(a, b)', '{ a, b }', "'a, b'"]);
});

test('statements come out of their block, unless that would change a string', () => {
  expect(print(blockStatements('{\n    const a = 1;\n\n    return a;\n  }') ?? '')).toBe('const a = 1;\n\nreturn a;');
  expect(print(blockStatements('{ return 1; }') ?? '')).toBe('return 1;');
  expect(blockStatements('{ return `a\n  b`; }')).toBeUndefined();
});

test('names are told from members, keys, strings and comments', () => {
  const names = namesIn('f(a.b, { key: value, short }, `t ${inner}`, "Quoted", /re/) ? yes : no // Comment');
  expect([...names].sort()).toEqual(['a', 'f', 'inner', 'no', 'short', 'value', 'yes']);
  expect([...namesIn('[...spread, x ?. y]')].sort()).toEqual(['spread', 'x']);
});
