import { expect, test } from 'vitest';
import { block, call, callWithOptions, hard, object, objectLines, print } from './doc.ts';

const long = 'x'.repeat(60);

test('what fits stands on one line', () => {
  expect(print(call('f', ["'a'", object(['b: 1', 'c'])]))).toBe("f('a', { b: 1, c })");
  expect([print(object([])), print(call('f', [])), print(block([]))]).toEqual(['{}', 'f()', '{}']);
});

test('what does not fit is broken at the outermost place', () => {
  expect(print(call('f', [long, long]))).toBe(`f(\n  ${long},\n  ${long},\n)`);
  expect(print(callWithOptions('f', ["'a'", object([long, long])]))).toBe(`f('a', {\n  ${long},\n  ${long},\n})`);
});

test('a lone argument that spans lines keeps the call around it', () => {
  expect(print(call('f', ["'a'", ['() => ', block(['one;', 'two;'])], object(['at'])]))).toBe(
    "f('a', () => {\n  one;\n  two;\n}, { at })",
  );
  expect(print(call('f', [object([long, long])]))).toBe(`f({\n  ${long},\n  ${long},\n})`);
});

test('indentation follows nesting, empty lines have no spaces, and literal line breaks stay', () => {
  const doc = block([
    ['a;', hard, hard, 'b;'],
    ['c(', objectLines(['d: `1\n2`']), ');'],
  ]);
  expect(print(doc, 2)).toBe('{\n    a;\n\n    b;\n    c({\n      d: `1\n2`,\n    });\n  }');
});

test('what follows on the same line counts', () => {
  expect(print([object(['a', 'b']), 'y'.repeat(105)])).toMatch(/^\{\n {2}a,\n {2}b,\n\}y+$/);
});
