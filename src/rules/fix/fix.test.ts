import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Fix } from '../../model/index.ts';
import { applyFixes, fixOf } from './index.ts';

const problem = (text: string, marked: string, code = 'MR1301') => {
  const start = text.indexOf(marked);
  const before = text.slice(0, start).split(/\r\n|\n/);
  const inside = marked.split(/\r\n|\n/);
  const line = before.length;
  const mark = line === 1 && text.startsWith('\ufeff') ? 1 : 0;
  const column = (before.at(-1) ?? '').length + 1 - mark;
  const endLine = line + inside.length - 1;
  const endColumn = (inside.length === 1 ? column : 1) + (inside.at(-1) ?? '').length;
  const place = { file: 'a.dsl.ts', line, column, endLine, endColumn };
  return { code, severity: 'error', message: 'm', ...place, context: { actual: 'opne', suggestion: 'open' } } as const;
};
const mend = (text: string, marked: string, code?: string): string | undefined => {
  const fix = fixOf(problem(text, marked, code), text);
  return fix === undefined ? undefined : applyFixes([fix], () => text).texts.get('a.dsl.ts');
};

it('replaces the marked literal, whatever its quotes, the line breaks and a byte order mark', () => {
  expect(mend(`a: 'opne',`, `'opne'`)).toBe(`a: 'open',`);
  expect(mend('\ufeffa: "opne",', '"opne"')).toBe('\ufeffa: "open",');
  expect(mend('x\r\n  a: `opne`,', '`opne`')).toBe('x\r\n  a: `open`,');
});

it('finds the name in the member that holds it', () => {
  expect(mend(`on: { target: 'opne', x: 1 }`, `{ target: 'opne', x: 1 }`)).toBe(`on: { target: 'open', x: 1 }`);
  expect(mend(`on: { target: ['a', 'opne'] }`, `{ target: ['a', 'opne'] }`)).toBe(`on: { target: ['a', 'open'] }`);
  expect(mend(`sales: {\n members: ['opne'] }`, `sales: {\n members: ['opne'] }`, 'MR1216')).toContain(`['open']`);
});

it('replaces the key that a state reacts to', () => {
  expect(mend(`on: { opne: 'x' }`, `opne: 'x'`, 'MR1311')).toBe(`on: { open: 'x' }`);
  expect(mend(`on: { 'opne': 'x' }`, `'opne': 'x'`, 'MR1311')).toBe(`on: { 'open': 'x' }`);
  expect(mend(`on: { opne: 'x' }`, `opne: 'x'`)).toBeUndefined();
});

it('replaces what a state runs, and the state that a machine begins in', () => {
  expect(mend(`run: { flow: 'opne' }`, `{ flow: 'opne' }`, 'MR1311')).toBe(`run: { flow: 'open' }`);
  const machine = `machine('opne', { key: 'opne' }).states('opne', { open: {} })`;
  expect(mend(machine, machine, 'MR1302')).toBe(machine.replace(`states('opne'`, `states('open'`));
  const below = `busy: { initial: 'opne', states: { open: {} } }`;
  expect(mend(below, below, 'MR1302')).toBe(below.replace('opne', 'open'));
});

it('replaces a name that a lambda reads, at all its places, where it is nothing else', () => {
  const lambda = (text: string): string | undefined => mend(`f.step('a', ${text})`, text, 'MR1218');
  expect(lambda('({ a, opne }) => charge({ a, of: opne.id, more: opne + a.opne })')).toBe(
    `f.step('a', ({ a, open }) => charge({ a, of: open.id, more: open + a.opne }))`,
  );
  expect(lambda('({ opne }) => opne')).toBe(`f.step('a', ({ open }) => open)`);
  for (const more of [
    '({ opne }) => ({ opne })',
    '({ opne }) => ({ opne: 1, of: opne })',
    '({ opne: other }) => other',
    `({ opne }) => say('opne', opne)`,
    '(scope) => scope.opne',
  ])
    expect(lambda(more)).toBeUndefined();
});

it('offers nothing where the place is not certain', () => {
  expect(mend(`{ target: 'opne', description: 'opne' }`, `{ target: 'opne', description: 'opne' }`)).toBeUndefined();
  expect(mend(`{ target: OPEN, description: 'opne' }`, `{ target: OPEN, description: 'opne' }`)).toBeUndefined();
  expect(mend(`{ /* target: 'opne' */ target: OPEN }`, `{ /* target: 'opne' */ target: OPEN }`)).toBeUndefined();
  expect(mend(`{ target: 'opne' }`, `{ target: 'opne' }`, 'MR1203')).toBeUndefined();
  expect(mend(`{ target: OPEN }`, `OPEN`)).toBeUndefined();
});

it('applies a fix as a whole or not at all, and the same change once', () => {
  const edit = (start: number, end: number, text: string) => ({ file: 'a', start, end, text });
  const fix = (...edits: Fix['edits']): Fix => ({ title: 't', edits });
  const texts = { a: 'one two three' };
  const { applied, texts: changed } = applyFixes(
    [
      fix(edit(0, 3, '1')),
      fix(edit(0, 3, '1')),
      fix(edit(2, 4, 'x'), edit(8, 13, '3')),
      fix(edit(4, 7, '2')),
      fix(edit(99, 100, '')),
    ],
    () => texts.a,
  );
  expect(changed.get('a')).toBe('1 2 three');
  expect(applied).toHaveLength(3);
});

it('leaves everything else as it is', () => {
  const edits = fc.array(fc.tuple(fc.nat(60), fc.nat(5), fc.string({ maxLength: 5 })), { maxLength: 8 });
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 70 }), edits, (text, list) => {
      const fixes = list.map(([start, length, by]): Fix => ({
        title: 't',
        edits: [{ file: 'a', start, end: start + length, text: by }],
      }));
      const { applied, texts } = applyFixes(fixes, () => text);
      const changes = [...new Map(applied.flatMap((each) => each.edits).map((each) => [each.start, each])).values()];
      let at = 0;
      let expected = '';
      for (const { start, end, text: by } of changes.toSorted((a, b) => a.start - b.start)) {
        expected += text.slice(at, start) + by;
        at = end;
      }
      expect(texts.get('a') ?? text).toBe(expected + text.slice(at));
    }),
  );
});
