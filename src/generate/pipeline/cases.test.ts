import { expect, test } from 'vitest';
import { z } from 'zod';
import type { TaskNode } from '../../model/index.ts';
import type { TaskCase } from '../contract.ts';
import { declaredCases, joinCases, withNothing } from './cases.ts';

const generated = (name: string, input: unknown, more: Partial<TaskCase> = {}): TaskCase => ({
  name,
  origin: 'generated',
  input,
  expect: { output: 1 },
  ...more,
});

test('examples are cases of the user; one that names no result has nothing to compare', () => {
  const examples = [
    { description: 'one', input: 1, output: 2 },
    { description: 'one', input: 2, error: 'NO' },
    { input: 3 },
    { input: 4, output: null },
  ];
  expect(declaredCases({ examples } as unknown as TaskNode)).toEqual([
    { name: 'one', origin: 'declared', input: 1, expect: { output: 2 } },
    { name: 'one (example 2)', origin: 'declared', input: 2, expect: { error: 'NO' } },
    { name: 'example 4', origin: 'declared', input: 4, expect: { output: null } },
  ]);
});

test('a case of the model lends its fakes to the example with the same input, and never what has to come of it', () => {
  const declared: TaskCase[] = [{ name: 'one', origin: 'declared', input: { a: 1, b: 2 }, expect: { output: 'mine' } }];
  const fakes = { env: { KEY: 'x' } };
  const joined = joinCases(declared, [
    generated('same', { b: 2, a: 1 }, { fakes, expect: { output: 'other' } }),
    generated('one', 2),
  ]);
  expect(joined).toEqual([
    { name: 'one', origin: 'declared', input: { a: 1, b: 2 }, fakes, expect: { output: 'mine' } },
    { name: 'one (generated)', origin: 'generated', input: 2, expect: { output: 1 } },
  ]);
});

test('a case that only repeats an example is left out; one with another world is none', () => {
  const declared: TaskCase[] = [{ name: 'one', origin: 'declared', input: 1, expect: { output: 2 } }];
  expect(joinCases(declared, [generated('again', 1)])).toEqual(declared);
  const [first, second] = joinCases(declared, [
    generated('a', 1, { fakes: { now: 1 } }),
    generated('b', 1, { fakes: { now: 2 } }),
  ]);
  expect([first?.fakes, second?.name]).toEqual([{ now: 1 }, 'b']);
});

test('an expectation that JSON has lost is there again', () => {
  const kept = JSON.parse(JSON.stringify(generated('a', 1, { expect: { output: undefined } }))) as TaskCase;
  expect(joinCases([], [kept])[0]?.expect).toStrictEqual({ output: undefined });
});

test('null is nothing where the contract takes nothing and no null', () => {
  const one = generated('a', null, { expect: { output: null, emits: [] } });
  const of = (input: z.ZodType, output: z.ZodType) => withNothing([one], { input, output })[0];
  expect(of(z.undefined(), z.void())).toStrictEqual({
    ...one,
    input: undefined,
    expect: { output: undefined, emits: [] },
  });
  expect(of(z.null().optional(), z.null())).toStrictEqual(one);
  expect(of(z.string(), z.object({}))).toStrictEqual(one);
});
