import { expect, test } from 'vitest';
import type { FlowNode } from '../../model/index.ts';
import { body, flow, imported, restart, system } from '../fixtures/build-model.ts';
import { compileSystem } from '../index.ts';

test('a schedule is printed as it was declared, its input as a literal', () => {
  restart();
  const schedule: NonNullable<FlowNode['schedule']> = {
    cron: '0 5 * * *',
    timeZone: 'Europe/Berlin',
    input: { "it's": [1, null, { ['__proto__']: true }] },
    missed: 'all',
    overlap: 'skip',
  };
  const model = system('clock', [imported('z', 'zod'), flow('nightly', 'z.any()', body(), { schedule })]);
  const { files, diagnostics } = compileSystem(model, {
    outDir: 'out',
    sourcePath: 'src/x.dsl.ts',
    tasksDir: 'src/tasks',
    toolVersion: '1.0.0',
  });
  expect(diagnostics).toEqual([]);
  const text = files.find(({ path }) => path === 'flows/nightly.ts')?.text ?? '';
  const printed = /schedule: (\{[^]*?\n?\}),\n  (?:waits|timeout)/.exec(text)?.[1] ?? '';
  // eslint-disable-next-line no-eval -- what was printed is code
  expect((0, eval)(`(${printed})`)).toEqual(schedule);
});
