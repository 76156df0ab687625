import { expect, it } from 'vitest';
import type { StepFile } from '../plan/planned-step.ts';
import { migration } from '../step/migration.ts';
import { chainsTo } from './chains.ts';

const step = (from: string, to: string, down = false): StepFile => ({
  path: `/m/${from}-to-${to}.ts`,
  file: `m/${from}-to-${to}.ts`,
  step: migration({ from, to, ...(down && { down: {} }) }),
});
const files = [step('1.0.0', '1.5.0'), step('1.5.0', '2.0.0', true), step('2.0.1', '3.0.0')];
const way = (version: string, to: string, more = {}): string =>
  chainsTo({ files, to, file: 'a.dsl.ts', ...more })(version)
    .map((each) => `${each.from}-${each.to}`)
    .join(' ');

it.each([
  ['1.0.0', '2.0.0', '1.0.0-1.5.0 1.5.0-2.0.0'],
  ['1.5.0', '2.0.0', '1.5.0-2.0.0'],
  // What a version of the same line made, for which there is no step.
  ['1.2.0', '2.0.0', '1.0.0-1.5.0 1.5.0-2.0.0'],
  ['1.7.0', '2.0.0', '1.5.0-2.0.0'],
  ['2.0.0', '3.0.0', '2.0.1-3.0.0'],
  ['2.0.9', '3.0.0', '2.0.1-3.0.0'],
  ['2.0.0', '2.0.9', ''],
  ['2.0.0', '2.0.0', ''],
])('%s to %s: %s', (version, to, steps) => expect(way(version, to)).toBe(steps));

it('refuses a gap and a downgrade that nobody asked for', () => {
  expect(() => way('1.0.0', '3.0.0')).toThrow(expect.objectContaining({ code: 'MR3505' }));
  expect(() => way('2.0.0', '1.5.0')).toThrow(expect.objectContaining({ code: 'MR3505' }));
  expect(way('2.0.0', '1.5.0', { allowDowngrade: true })).toBe('2.0.0-1.5.0');
  expect(() => way('3.0.0', '2.0.0', { allowDowngrade: true })).toThrow(expect.objectContaining({ code: 'MR3505' }));
});
