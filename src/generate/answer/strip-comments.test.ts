import { expect, test } from 'vitest';
import { stripComments } from './strip-comments.ts';

test.each([
  ['a();\n// why\nb();\n', 'a();\nb();\n'],
  ['/** Doc. */\nexport default 1;\n', 'export default 1;\n'],
  ['/**\n * Two\n * lines.\n */\nexport default 1;\n', 'export default 1;\n'],
  ['a(); // why\n', 'a();\n'],
  ['{\n  // only this\n}\n', '{\n}\n'],
  ['a(/* first */ 1);\n', 'a(  1);\n'],
  ['const f = () => {\n  return /* x\n */ 1;\n};\n', 'const f = () => {\n  return \n 1;\n};\n'],
  // What only looks like one stays.
  ["a('// no', `/* ${b} */`, /\\/\\/x/);\n", "a('// no', `/* ${b} */`, /\\/\\/x/);\n"],
  ['a(); // last', 'a();'],
])('%j', (code, stripped) => {
  expect(stripComments(code)).toBe(stripped);
});
