import { expect, it } from 'vitest';
import { mutantsOf } from './mutants.ts';

const mistakesIn = (body: string): readonly string[] =>
  mutantsOf(`export default implement(find, async ({ id }, ctx) => {\n${body}\n});\n`).map(
    ({ was, became }) => `${was} -> ${became}`,
  );

it.each([
  ['what is only handed on', 'return { city };', ['city -> ...{}']],
  [
    'members of something',
    'return { street: found.street, ...rest };',
    ['street: found.street -> ...{}', '...rest -> ...{}'],
  ],
  ['a part of a part', 'return { at: [{ city }] };', ['city -> ...{}']],
  ['the whole of it', 'return found;', ['found -> undefined']],
  ['what a function gives', 'const cities = rows.map((row) => row.city);', ['row.city -> undefined']],
])('an answer is forgotten: %s', (_name, body, expected) => {
  expect(mistakesIn(body)).toEqual(expected);
});

it.each([
  ['where there is another mistake to make', 'return { sum: a + b };', ['+ -> -']],
  [
    'of what nobody sees',
    'ctx.logger.info("x"); await ctx.checkpoint({ id }); await ask(url, { signal });',
    ['await ask(url, { signal }); -> ;'],
  ],
  ['of nothing', 'return undefined;', []],
  ['of nothing at all', 'return null;', []],
])('and nothing %s', (_name, body, expected) => {
  expect(mistakesIn(body)).toEqual(expected);
});
