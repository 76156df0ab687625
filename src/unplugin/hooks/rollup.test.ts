import { expect, it } from 'vitest';
import type { Problem } from '../problem.ts';
import { report } from './rollup.ts';

const problem: Problem = {
  code: 'MR1301',
  severity: 'error',
  text: "MR1301: goes to 'litt'",
  place: { file: '/p/lamp.dsl.ts', line: 7, column: 25, length: 6, lineText: '', frame: "7 | 'litt'" },
};

it('ends a build with the place as the terminal shows it, and without a stack of ours', () => {
  const thrown: Error[] = [];
  const error = (given: Error): never => {
    thrown.push(given);
    throw given;
  };
  const context = { addWatchFile: () => {}, warn: () => {}, error };
  const standing = { isNew: true, errors: [problem], warnings: [], files: [], folders: new Map<string, string>() };
  expect(() => report(context, standing)).toThrow(/^MR1301/);
  expect(thrown[0]).toMatchObject({
    loc: { file: '/p/lamp.dsl.ts', line: 7, column: 25 },
    frame: "7 | 'litt'",
    pluginCode: 'MR1301',
    stack: '',
  });
});
