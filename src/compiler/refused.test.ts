import { expect, test } from 'vitest';
import { MillraceError } from '../core/index.ts';
import { system } from '../model/fixtures/nodes.ts';
import { compileSystem } from './compile.ts';

const options = { outDir: 'gen', sourcePath: 'a.dsl.ts', tasksDir: 'tasks', toolVersion: '0' };

test.each([
  ['no system', {}, options, /not a system/],
  ['nothing', null, options, /not a system/],
  ['no options', system(), {}, /needs the option 'outDir'/],
  ['options that are nothing', system(), undefined, /needs the option 'outDir'/],
  ['half of the options', system(), { ...options, tasksDir: 5 }, /needs the option 'tasksDir'/],
])('%s is refused with a code', (_what, model, given, message) => {
  const compile = (): unknown => compileSystem(model as never, given as never);
  expect(compile).toThrow(MillraceError);
  expect(compile).toThrow(message);
  expect(compile).toThrow(expect.objectContaining({ code: 'MR1655' }) as Error);
});
